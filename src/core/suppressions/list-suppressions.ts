import type { Queries } from '../database/database.ts';
import type { SuppressionsTable } from '../database/tables.ts';
import type { Keyring } from '../settings/keyring.ts';
import { hashesOf } from './find-suppressed.ts';
import { listSuppressionsOf } from './suppression-queries.ts';

/** Why and since when an address is suppressed, the oldest first; empty when it is not. */
export function listSuppressions(
  queries: Queries,
  keyring: Keyring,
  addressKey: string,
): Promise<Pick<SuppressionsTable, 'reason' | 'source' | 'created_at'>[]> {
  return listSuppressionsOf(queries, hashesOf(keyring, addressKey));
}
