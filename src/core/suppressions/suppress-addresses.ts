import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { SuppressionsTable } from '../database/tables.ts';
import { hashAddress, type Keyring } from '../settings/keyring.ts';
import { findSuppressed } from './find-suppressed.ts';
import { insertSuppressions } from './suppression-queries.ts';

export interface SuppressionEntry {
  readonly address_key: string;
  readonly reason: SuppressionsTable['reason'];
  /** Who or what asked for it: `operator`, `sendgrid`, `link`. */
  readonly source: string;
}

export interface SuppressionDependencies {
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly run: Run;
}

export interface SuppressionCounts {
  readonly suppressed: number;
  /** Were suppressed before, for whatever reason: the first reason stays. */
  readonly already: number;
}

/** Suppresses addresses by their keyed hash. Nothing but the hash is kept, so that it outlives erasure. */
export async function suppressAddresses(
  transaction: Queries,
  { keyring, clock, run }: SuppressionDependencies,
  entries: readonly SuppressionEntry[],
): Promise<SuppressionCounts> {
  const byKey = new Map(entries.toReversed().map((entry) => [entry.address_key, entry]));
  const known = await findSuppressed(transaction, keyring, [...byKey.keys()]);
  const rows = [...byKey.values()]
    .filter((entry) => !known.has(entry.address_key))
    .map((entry) => ({
      address_hash: hashAddress(keyring.current, entry.address_key),
      key_id: keyring.current.id,
      reason: entry.reason,
      source: entry.source,
      created_at: clock.now(),
      run_id: run.id,
    }));
  const suppressed = await insertSuppressions(transaction, rows);
  return { suppressed, already: byKey.size - suppressed };
}
