import { availableParallelism } from 'node:os';
import type { Database, Queries } from '../../database/database.ts';
import { type OpenOptions, usingDatabase } from '../../database/open-database.ts';
import { findLastIds } from '../archive-queries.ts';
import type { ArchiveTable } from '../archive-tables.ts';
import { hasNumericKey, readRowTexts } from './read-row-texts.ts';
import { exportSnapshot, findDataVersion, findNextKey } from './row-queries.ts';
import { type RowText, rangeOf } from './row-text.ts';
import { RowThread } from './row-thread.ts';

/** The rows of one moment of a database. */
export interface Rows {
  readonly snapshot: Queries;
  /** The chunks of a table. At most three of them may be kept; all others are to be released before the next is asked for. */
  read(table: ArchiveTable): AsyncIterable<RowText>;
}

export interface RowsOptions {
  readonly database: Database;
  readonly tables: readonly ArchiveTable[];
  /** The key of content hashes; undefined for plain SHA-256. */
  readonly key: Uint8Array | undefined;
  /** How the database was opened: with it several threads read large tables. */
  readonly opening: OpenOptions | undefined;
  /** Tables that have given out this key are large. */
  readonly largeFrom?: number | undefined;
}

// Threads take as long to start as one of them takes to read so many rows.
const LARGE_FROM = 250_000;
const MOST_THREADS = 4;
// One more than may be in hand of who takes them: what is being written of a table comes back late.
const CHUNKS_AHEAD = 4;
const READINGS_AHEAD = 2;
const ATTEMPTS = 10;

/** Lends the rows of one moment to `work`. */
export async function usingRows<T>(options: RowsOptions, work: (rows: Rows) => Promise<T>): Promise<T> {
  const { database } = options;
  const alone = (): Promise<T> =>
    database.snapshot((snapshot) =>
      work({ snapshot, read: (table) => readRowTexts(snapshot, database.queries, table) }),
    );
  const large = await findLarge(options);
  const count = Math.min(availableParallelism(), MOST_THREADS);
  if (options.opening === undefined || large.size === 0 || count === 1) return alone();
  const { opening, key } = options;
  const task = { opening, key, ahead: CHUNKS_AHEAD };
  const started = await Promise.allSettled(Array.from({ length: count }, () => RowThread.start(task)));
  const threads = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    // A server may have no connections left for them.
    if (threads.length < count) return await alone();
    const met = await meet(options, threads, (snapshot) =>
      work({
        snapshot,
        read: (table) =>
          large.has(table.name)
            ? readOnThreads(snapshot, table, threads)
            : readRowTexts(snapshot, database.queries, table),
      }),
    );
    if (met === undefined) return await alone();
    await Promise.all(threads.map((thread) => thread.close()));
    return met.result;
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

async function findLarge(options: RowsOptions): Promise<ReadonlySet<string>> {
  const { database, tables, opening, largeFrom = LARGE_FROM } = options;
  if (opening === undefined) return new Set();
  const last = await findLastIds(database.queries, tables);
  const large = tables.filter((table) => hasNumericKey(table) && (last.get(table.name) ?? 0) >= largeFrom);
  return new Set(large.map(({ name }) => name));
}

interface Met<T> {
  readonly result: T;
}

/** Lends `work` the moment that all threads see too; undefined when they did not come to see the same one. */
async function meet<T>(
  { database, opening }: RowsOptions,
  threads: readonly RowThread[],
  work: (snapshot: Queries) => Promise<T>,
): Promise<Met<T> | undefined> {
  if (opening === undefined) return undefined;
  if (database.engine === 'sqlite') return meetSqlite(database, opening, threads, work);
  return database.snapshot(async (snapshot) => {
    const id = await exportSnapshot(snapshot);
    await Promise.all(threads.map((thread) => thread.begin(id)));
    return { result: await work(snapshot) };
  });
}

/**
 * SQLite has no snapshots that could be shared. Those of several connections are the same when nobody has committed between the first and the
 * last of them, which another connection can tell. Undefined when somebody did each time; nobody is kept waiting.
 */
async function meetSqlite<T>(
  database: Database,
  opening: OpenOptions,
  threads: readonly RowThread[],
  work: (snapshot: Queries) => Promise<T>,
): Promise<Met<T> | undefined> {
  return usingDatabase({ ...opening, migrations: 'skip', readOnly: true }, async ({ queries }) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = await findDataVersion(queries);
      const met = await database.snapshot(async (snapshot) => {
        await Promise.all(threads.map((thread) => thread.begin(null)));
        const isSame = (await findDataVersion(queries)) === before;
        return isSame ? { result: await work(snapshot) } : undefined;
      });
      if (met !== undefined) return met;
      await Promise.all(threads.map((thread) => thread.end()));
    }
    return undefined;
  });
}

/** The threads take turns, so that what they read comes in the order of the keys. */
async function* readOnThreads(
  snapshot: Queries,
  table: ArchiveTable,
  threads: readonly RowThread[],
): AsyncGenerator<RowText> {
  const readings: AsyncIterable<RowText>[] = [];
  let from = await findNextKey(snapshot, table, 0);
  for (let turn = 0; ; ) {
    while (from !== undefined && readings.length < threads.length * READINGS_AHEAD) {
      const range = rangeOf(from);
      const reading = threads[turn % threads.length]?.read(table, range);
      if (reading !== undefined) readings.push(reading);
      turn += 1;
      from = await findNextKey(snapshot, table, range.to);
    }
    const next = readings.shift();
    if (next === undefined) return;
    yield* next;
  }
}
