import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import type { SuppressionsTable } from '../database/tables.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import type { Keyring } from '../settings/keyring.ts';
import { hashesOf } from './find-suppressed.ts';
import { findHashes, hasSuppressions, insertSuppressions } from './suppression-queries.ts';

/** Looked up and added by one statement each. */
const CHUNK = 5_000;
const NONE: ReadonlySet<string> = new Set();

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
  readonly onProgress?: OnProgress | undefined;
}

export interface SuppressionCounts {
  readonly suppressed: number;
  /** Were suppressed before, for whatever reason: the first reason stays. */
  readonly already: number;
}

/** Suppresses addresses by their keyed hash. Nothing but the hash is kept, so that it outlives erasure. */
export async function suppressAddresses(
  transaction: Queries,
  { keyring, clock, run, onProgress }: SuppressionDependencies,
  entries: readonly SuppressionEntry[],
): Promise<SuppressionCounts> {
  const hashed = hashAll(keyring, entries);
  const { id: key_id } = keyring.current;
  const isEmpty = !(await hasSuppressions(transaction));
  let suppressed = 0;
  let done = 0;
  for (const chunk of chunksOf(hashed, CHUNK)) {
    const known = isEmpty ? NONE : await findKnown(transaction, chunk);
    const rows = chunk
      .filter(({ hash, earlier }) => !known.has(hash) && !earlier.some((other) => known.has(other)))
      .map(({ entry: { reason, source }, hash }) => ({
        ...{ address_hash: hash, key_id, reason, source, created_at: clock.now(), run_id: run.id },
      }));
    suppressed += await insertSuppressions(transaction, rows);
    done += chunk.length;
    await tellProgress(onProgress, done, hashed.length);
  }
  return { suppressed, already: hashed.length - suppressed };
}

interface HashedEntry {
  readonly entry: SuppressionEntry;
  readonly hash: string;
  /** Under earlier keys. */
  readonly earlier: readonly string[];
}

/**
 * Each address once, with the reason that comes first. They are in the order of their hashes, which is that of the index: in any other, each of a
 * million would need another page of it.
 */
function hashAll(keyring: Keyring, entries: readonly SuppressionEntry[]): readonly HashedEntry[] {
  const byHash = new Map<string, HashedEntry>();
  for (const entry of entries) {
    const [hash = '', ...earlier] = hashesOf(keyring, entry.address_key);
    if (!byHash.has(hash)) byHash.set(hash, { entry, hash, earlier });
  }
  return [...byHash.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
}

async function findKnown(transaction: Queries, chunk: readonly HashedEntry[]): Promise<ReadonlySet<string>> {
  const hashes = chunk.flatMap(({ hash, earlier }) => [hash, ...earlier]);
  return new Set(await findHashes(transaction, hashes));
}
