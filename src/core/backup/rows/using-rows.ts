import { availableParallelism } from 'node:os';
import type { Database, Engine, Queries } from '../../database/database.ts';
import { type OpenOptions, usingDatabase } from '../../database/open-database.ts';
import { findLastIds } from '../archive-queries.ts';
import type { ArchiveTable } from '../archive-tables.ts';
import { hasNumericKey, readRowTexts } from './read-row-texts.ts';
import { exportSnapshot, findDataVersion, findNextKey } from './row-queries.ts';
import { KEYS_PER_CHUNK, type KeyRange, type RowText, rangeOf, rangesOf } from './row-text.ts';
import { RowThread } from './row-thread.ts';

/** The rows of one moment of a database. */
export interface Rows {
  readonly snapshot: Queries;
  /** The chunks of a table that are to be read. At most two of them may be kept; all others are to be released before the next is asked for. */
  read(table: ArchiveTable): AsyncIterable<RowText>;
}

export interface RowsOptions {
  readonly database: Database;
  readonly tables: readonly ArchiveTable[];
  /** The key of content hashes; undefined for plain SHA-256. */
  readonly key: Uint8Array | undefined;
  /** How the database was opened: with it several threads read large tables. */
  readonly opening: OpenOptions | undefined;
  /** Tables of which so many keys are to be read are large. */
  readonly largeFrom?: number | undefined;
  /** How many threads read them; by the processors when absent. */
  readonly threads?: number | undefined;
  /** PostgreSQL: which groups of keys (`groupOf`) of some tables are to be read; all others are read as a whole. */
  readonly choose?: ((snapshot: Queries) => Promise<Parts>) | undefined;
}

/** By table, the groups of keys that are to be read, in their order. */
export type Parts = ReadonlyMap<string, readonly number[]>;

const ALL_PARTS: Parts = new Map();

// Threads take as long to start as one of them takes to read so many rows.
const LARGE_FROM = 250_000;
const MOST_THREADS = 4;
// One more than may be in hand of who takes them: what is being written of a table comes back late.
const CHUNKS_AHEAD = 3;
const READINGS_AHEAD = 2;
const ATTEMPTS = 10;

/** Lends the rows of one moment to `work`. */
export async function usingRows<T>(options: RowsOptions, work: (rows: Rows) => Promise<T>): Promise<T> {
  return options.database.engine === 'postgres' ? usingPostgres(options, work) : usingSqlite(options, work);
}

/** The threads see what this snapshot does, so that they can begin when it is known what there is to read. */
async function usingPostgres<T>(options: RowsOptions, work: (rows: Rows) => Promise<T>): Promise<T> {
  return options.database.snapshot(async (snapshot) => {
    const parts: Parts = (await options.choose?.(snapshot)) ?? new Map();
    const large = await findLarge(options, snapshot, parts);
    return usingThreads(options, large, async (threads) => {
      if (threads === undefined) return work(rowsOf(options, snapshot, parts));
      const id = await exportSnapshot(snapshot);
      await Promise.all(threads.map((thread) => thread.begin(id)));
      const result = await work(rowsOf(options, snapshot, parts, { threads, large }));
      await Promise.all(threads.map((thread) => thread.close()));
      return result;
    });
  });
}

async function usingSqlite<T>(options: RowsOptions, work: (rows: Rows) => Promise<T>): Promise<T> {
  const { database, opening } = options;
  const large = await findLarge(options, database.queries, ALL_PARTS);
  const alone = (): Promise<T> => database.snapshot((snapshot) => work(rowsOf(options, snapshot, ALL_PARTS)));
  return usingThreads(options, large, async (threads) => {
    if (threads === undefined || opening === undefined) return alone();
    const met = await meet(database, opening, threads, (snapshot) =>
      work(rowsOf(options, snapshot, ALL_PARTS, { threads, large })),
    );
    if (met === undefined) return alone();
    await Promise.all(threads.map((thread) => thread.close()));
    return met.result;
  });
}

interface Reading {
  readonly threads: readonly RowThread[];
  /** The tables that they read. */
  readonly large: ReadonlySet<string>;
}

function rowsOf({ database }: RowsOptions, snapshot: Queries, parts: Parts, reading?: Reading): Rows {
  return {
    snapshot,
    read(table) {
      const groups = parts.get(table.name);
      if (reading?.large.has(table.name) === true)
        return readOnThreads(listRanges(snapshot, table, groups), table, reading.threads);
      const ranges = groups === undefined ? undefined : rangesOf(groups);
      return readRowTexts(snapshot, database.queries, table, { ranges });
    },
  };
}

/** Lends threads to `work`, or undefined where they are not worth it or can't be had. */
async function usingThreads<T>(
  { database, opening, key, threads: wanted = countThreads(database.engine) }: RowsOptions,
  large: ReadonlySet<string>,
  work: (threads: readonly RowThread[] | undefined) => Promise<T>,
): Promise<T> {
  if (opening === undefined || large.size === 0 || wanted < 2) return work(undefined);
  const task = { opening, key, ahead: CHUNKS_AHEAD };
  const started = await Promise.allSettled(Array.from({ length: wanted }, () => RowThread.start(task)));
  const threads = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    // A server may have no connections left for them.
    if (threads.length < wanted) return await work(undefined);
    return await work(threads);
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

// A server has as much to do with each row as its reader, and is mostly on the same machine. On two processors one thread and the server take as long for six
// million rows as two threads and the server, 20 s, and 100 MB less.
function countThreads(engine: Engine): number {
  return Math.min(availableParallelism() - (engine === 'postgres' ? 1 : 0), MOST_THREADS);
}

async function findLarge(
  { tables, opening, largeFrom = LARGE_FROM }: RowsOptions,
  queries: Queries,
  parts: Parts,
): Promise<ReadonlySet<string>> {
  if (opening === undefined) return new Set();
  const last = await findLastIds(queries, tables);
  const keysOf = ({ name }: ArchiveTable): number => {
    const groups = parts.get(name);
    return groups === undefined ? (last.get(name) ?? 0) : groups.length * KEYS_PER_CHUNK;
  };
  const large = tables.filter((table) => hasNumericKey(table) && keysOf(table) >= largeFrom);
  return new Set(large.map(({ name }) => name));
}

interface Met<T> {
  readonly result: T;
}

/**
 * SQLite has no snapshots that could be shared. Those of several connections are the same when nobody has committed between the first and the
 * last of them, which another connection can tell. Undefined when somebody did each time; nobody is kept waiting.
 */
async function meet<T>(
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

/** Where a table is to be read: the keys of each chunk, found as they are asked for. */
async function* listRanges(
  snapshot: Queries,
  table: ArchiveTable,
  groups: readonly number[] | undefined,
): AsyncGenerator<KeyRange> {
  if (groups !== undefined) {
    yield* groups.map((group) => rangeOf(group * KEYS_PER_CHUNK));
    return;
  }
  for (let from = await findNextKey(snapshot, table, 0); from !== undefined; ) {
    const range = rangeOf(from);
    yield range;
    from = await findNextKey(snapshot, table, range.to);
  }
}

/** The threads take turns, so that what they read comes in the order of the keys. */
async function* readOnThreads(
  ranges: AsyncGenerator<KeyRange>,
  table: ArchiveTable,
  threads: readonly RowThread[],
): AsyncGenerator<RowText> {
  const readings: AsyncIterable<RowText>[] = [];
  for (let turn = 0; ; ) {
    while (readings.length < threads.length * READINGS_AHEAD) {
      const range = await ranges.next();
      if (range.done === true) break;
      const reading = threads[turn % threads.length]?.read(table, range.value);
      if (reading !== undefined) readings.push(reading);
      turn += 1;
    }
    const next = readings.shift();
    if (next === undefined) return;
    yield* next;
  }
}
