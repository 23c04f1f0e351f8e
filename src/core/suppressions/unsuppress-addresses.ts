import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { tellProgress } from '../progress.ts';
import { hashesOf } from './find-suppressed.ts';
import type { SuppressionDependencies } from './suppress-addresses.ts';
import { deleteHashes } from './suppression-queries.ts';

/** Taken away by one statement. */
const CHUNK = 5_000;

/** Lets addresses be mailed again, for whatever reason they were suppressed; says how many were. */
export async function unsuppressAddresses(
  transaction: Queries,
  { keyring, onProgress }: Pick<SuppressionDependencies, 'keyring' | 'onProgress'>,
  addressKeys: readonly string[],
): Promise<number> {
  let unsuppressed = 0;
  let done = 0;
  // In the order of their index.
  const hashes = addressKeys.flatMap((addressKey) => hashesOf(keyring, addressKey)).sort();
  for (const chunk of chunksOf(hashes, CHUNK)) {
    unsuppressed += await deleteHashes(transaction, chunk);
    done += chunk.length;
    await tellProgress(onProgress, done, hashes.length);
  }
  return unsuppressed;
}
