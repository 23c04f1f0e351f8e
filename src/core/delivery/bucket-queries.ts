import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { textsIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import { serverTimeOf } from './claim-state-queries.ts';

export interface BucketRow {
  readonly name: string;
  /** Mails per second; 0 is no limit. */
  readonly rate: number;
  readonly next_free_at: number;
  readonly day: string | null;
  readonly day_count: number;
}

export interface LockedBuckets {
  readonly rows: readonly BucketRow[];
  /** By the database's clock, after the locks were taken, in milliseconds since the epoch; null without rows, and on SQLite. */
  readonly serverTime: number | null;
}

/**
 * Buckets by name, and `ifRated` when it has a rate; locked in the order of their names until the transaction ends, so
 * that two claims never wait for each other.
 */
export async function lockBuckets(
  queries: Queries,
  names: readonly string[],
  ifRated: string,
): Promise<LockedBuckets> {
  const isPostgres = engineOf(queries) === 'postgres';
  const rows = await queries
    .with('locked', (db) =>
      db
        .selectFrom('rate_buckets')
        .select(['name', 'rate', 'next_free_at', 'day', 'day_count'])
        .where(({ or, and, eb }) =>
          or([
            ...(names.length > 0 ? [eb('name', 'in', textsIn(queries, names))] : []),
            and([eb('name', '=', ifRated), eb('rate', '>', 0)]),
          ]),
        )
        .orderBy('name')
        .$if(isPostgres, (query) => query.forUpdate()),
    )
    .selectFrom('locked')
    .selectAll()
    .select(serverTimeOf(queries).as('server_time'))
    .execute();
  // A row's time is read when its lock is held, so the last one is that of all locks.
  return { rows, serverTime: rows.at(-1)?.server_time ?? null };
}

/** Makes the buckets that are not there yet, empty. */
export async function insertBuckets(
  queries: Queries,
  buckets: readonly { readonly name: string; readonly rate: number; readonly next_free_at: number }[],
): Promise<void> {
  await queries
    .insertInto('rate_buckets')
    .values([...buckets])
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

/** Writes back what a claim has taken. */
export async function saveBuckets(queries: Queries, buckets: readonly BucketRow[]): Promise<void> {
  if (buckets.length === 0) return;
  const values = buckets.map(({ name, rate, next_free_at, day, day_count }) => ({
    ...{ name, rate, next_free_at, day, day_count },
  }));
  await sql`update rate_buckets
    set rate = r.rate, next_free_at = r.next_free_at, day = r.day, day_count = r.day_count
    from ${rowsOfJson(queries, 'r', BUCKET, values)} where rate_buckets.name = r.name`.execute(queries);
}

const BUCKET = {
  name: 'text',
  rate: 'real',
  next_free_at: 'real',
  day: 'text',
  day_count: 'integer',
} as const;

/** Takes mails that were not handed over after all out of the count of their day; locks in the order of `lockBuckets`. */
export async function giveBackCount(
  queries: Queries,
  names: readonly string[],
  day: string,
  count: number,
): Promise<void> {
  const { rows } = await lockBuckets(queries, names, '');
  await saveBuckets(
    queries,
    rows.flatMap((row) =>
      row.day === day ? [{ ...row, day_count: Math.max(0, row.day_count - count) }] : [],
    ),
  );
}

/** Sets the rate for everyone who sends from this bucket, 0 for none; the time of its next token stays. */
export async function saveBucketRate(queries: Queries, name: string, rate: number): Promise<void> {
  await queries
    .insertInto('rate_buckets')
    .values({ name, rate, next_free_at: 0 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ rate }))
    .execute();
}

/** Buckets whose next token is far ahead, because the clock once was: it is free now. */
export async function freeBuckets(queries: Queries, now: number): Promise<void> {
  await queries
    .updateTable('rate_buckets')
    .set({ next_free_at: now })
    .where('next_free_at', '>', now)
    .execute();
}
