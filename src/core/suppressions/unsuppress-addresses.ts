import type { Queries } from '../database/database.ts';
import { tellProgress } from '../progress.ts';
import { hashesOf } from './find-suppressed.ts';
import { usingStagedHashes } from './staged-hashes.ts';
import type { ManyAddresses, SuppressionDependencies } from './suppress-addresses.ts';
import { deleteHashes } from './suppression-queries.ts';

/** Lets any number of addresses be mailed again, for whatever reason they were suppressed; says how many were. */
export function unsuppressAddresses(
  transaction: Queries,
  { keyring, onProgress }: Pick<SuppressionDependencies, 'keyring' | 'onProgress'>,
  { addressKeys, pageSize }: Pick<ManyAddresses, 'addressKeys' | 'pageSize'>,
): Promise<number> {
  // Each of them may be there.
  const hash = (addressKey: string) =>
    hashesOf(keyring, addressKey).map((one) => ({ hash: one, earlier: [] }));
  return usingStagedHashes(transaction, { addressKeys, pageSize, hash }, async ({ pages, total }) => {
    let unsuppressed = 0;
    let done = 0;
    for await (const page of pages) {
      unsuppressed += await deleteHashes(
        transaction,
        page.map((hashes) => hashes.hash),
      );
      done += page.length;
      await tellProgress(onProgress, done, total);
    }
    return unsuppressed;
  });
}
