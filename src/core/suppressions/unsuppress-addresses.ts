import type { Queries } from '../database/database.ts';
import type { Keyring } from '../settings/keyring.ts';
import { hashesOf } from './find-suppressed.ts';
import { deleteHashes } from './suppression-queries.ts';

/** Lets addresses be mailed again, for whatever reason they were suppressed; says how many were. */
export async function unsuppressAddresses(
  transaction: Queries,
  keyring: Keyring,
  addressKeys: readonly string[],
): Promise<number> {
  if (addressKeys.length === 0) return 0;
  return deleteHashes(
    transaction,
    addressKeys.flatMap((addressKey) => hashesOf(keyring, addressKey)),
  );
}
