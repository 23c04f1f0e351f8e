import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import type { SuppressionsTable } from '../database/tables.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import type { Keyring } from '../settings/keyring.ts';
import { hashesOf } from './find-suppressed.ts';
import type { AddressHashes } from './hash-stage-queries.ts';
import { usingStagedHashes } from './staged-hashes.ts';
import { findHashes, hasSuppressions, insertSuppressions } from './suppression-queries.ts';

/** Looked up and added by one statement each. */
const CHUNK = 5_000;
const NONE: ReadonlySet<string> = new Set();

interface Reason {
  readonly reason: SuppressionsTable['reason'];
  /** Who or what asked for it: `operator`, `sendgrid`, `link`. */
  readonly source: string;
}

export interface SuppressionEntry extends Reason {
  readonly address_key: string;
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
export function suppressAddresses(
  transaction: Queries,
  dependencies: SuppressionDependencies,
  entries: readonly SuppressionEntry[],
): Promise<SuppressionCounts> {
  const hashed = hashAll(dependencies.keyring, entries);
  return suppressHashed(transaction, dependencies, { pages: chunksOf(hashed, CHUNK), total: hashed.length });
}

/** Address keys, page after page. */
export interface ManyAddresses extends Reason {
  readonly addressKeys: AsyncIterable<readonly string[]>;
  /** Addresses of one statement. */
  readonly pageSize: number;
}

/** As `suppressAddresses`, of any number of addresses in memory that does not grow with them. */
export function suppressManyAddresses(
  transaction: Queries,
  dependencies: SuppressionDependencies,
  { addressKeys, pageSize, reason, source }: ManyAddresses,
): Promise<SuppressionCounts> {
  const hash = (addressKey: string): AddressHashes[] => [hashAddresses(dependencies.keyring, addressKey)];
  return usingStagedHashes(transaction, { addressKeys, pageSize, hash }, ({ pages, total }) =>
    suppressHashed(transaction, dependencies, { pages: withReason(pages, { reason, source }), total }),
  );
}

async function* withReason(
  pages: AsyncIterable<readonly AddressHashes[]>,
  why: Reason,
): AsyncGenerator<readonly HashedEntry[]> {
  for await (const page of pages) yield page.map((hashes) => ({ ...hashes, ...why }));
}

interface HashedEntry extends Reason, AddressHashes {}

interface HashedPages {
  readonly pages: Iterable<readonly HashedEntry[]> | AsyncIterable<readonly HashedEntry[]>;
  readonly total: number;
}

async function suppressHashed(
  transaction: Queries,
  { keyring, clock, run, onProgress }: SuppressionDependencies,
  { pages, total }: HashedPages,
): Promise<SuppressionCounts> {
  const { id: key_id } = keyring.current;
  const isEmpty = !(await hasSuppressions(transaction));
  let suppressed = 0;
  let done = 0;
  for await (const page of pages) {
    const known = isEmpty ? NONE : await findKnown(transaction, page);
    const rows = page
      .filter(({ hash, earlier }) => !known.has(hash) && !earlier.some((other) => known.has(other)))
      .map(({ reason, source, hash }) => ({
        ...{ address_hash: hash, key_id, reason, source, created_at: clock.now(), run_id: run.id },
      }));
    suppressed += await insertSuppressions(transaction, rows);
    done += page.length;
    await tellProgress(onProgress, done, total);
  }
  return { suppressed, already: total - suppressed };
}

/**
 * Each address once, with the reason that comes first. They are in the order of their hashes, which is that of the index: in any other, each of a
 * million would need another page of it.
 */
function hashAll(keyring: Keyring, entries: readonly SuppressionEntry[]): readonly HashedEntry[] {
  const byHash = new Map<string, HashedEntry>();
  for (const { address_key, reason, source } of entries) {
    const hashes = hashAddresses(keyring, address_key);
    if (!byHash.has(hashes.hash)) byHash.set(hashes.hash, { ...hashes, reason, source });
  }
  return [...byHash.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
}

function hashAddresses(keyring: Keyring, addressKey: string): AddressHashes {
  const [hash = '', ...earlier] = hashesOf(keyring, addressKey);
  return { hash, earlier };
}

async function findKnown(transaction: Queries, page: readonly HashedEntry[]): Promise<ReadonlySet<string>> {
  const hashes = page.flatMap(({ hash, earlier }) => [hash, ...earlier]);
  return new Set(await findHashes(transaction, hashes));
}
