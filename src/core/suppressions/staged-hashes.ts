import { setImmediate } from 'node:timers/promises';
import type { Queries } from '../database/database.ts';
import { keySlices } from '../database/key-slices.ts';
import {
  type AddressHashes,
  createHashStage,
  dropHashStage,
  fillHashes,
  listHashSlice,
  orderHashes,
} from './hash-stage-queries.ts';

export interface Hashing {
  readonly addressKeys: AsyncIterable<readonly string[]>;
  readonly hash: (addressKey: string) => readonly AddressHashes[];
  /** Hashes in a page. */
  readonly pageSize: number;
}

export interface StagedHashes {
  /** Hashes, each once and in the order of the index of suppressions: in any other, each of a million would need another page of it. */
  readonly pages: AsyncIterable<readonly AddressHashes[]>;
  readonly total: number;
}

/** Lends the hashes of any number of addresses to `work`; they wait in temporary tables of the transaction. */
export async function usingStagedHashes<T>(
  transaction: Queries,
  { addressKeys, hash, pageSize }: Hashing,
  work: (staged: StagedHashes) => Promise<T>,
): Promise<T> {
  await createHashStage(transaction);
  for await (const page of addressKeys) {
    await fillHashes(transaction, page.flatMap(hash));
    // Lets a signal come in.
    await setImmediate();
  }
  const total = await orderHashes(transaction);
  const result = await work({ pages: readPages(transaction, total, pageSize), total });
  // Where the work fails, the transaction takes them back.
  await dropHashStage(transaction);
  return result;
}

async function* readPages(
  transaction: Queries,
  total: number,
  size: number,
): AsyncGenerator<readonly AddressHashes[]> {
  for (const slice of keySlices(total, size)) yield await listHashSlice(transaction, slice);
}
