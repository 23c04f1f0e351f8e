import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { type Instant, toInstant } from '../time.ts';

/** The clock of the database server, or undefined where there is none but our own. */
export async function findServerTime(queries: Queries): Promise<Instant | undefined> {
  if (engineOf(queries) === 'sqlite') return undefined;
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms
  `.execute(queries);
  const [row] = rows;
  return row === undefined ? undefined : toInstant(Math.round(Number(row.ms)));
}

/** What a person would call the server: `PostgreSQL 18.1`, `SQLite 3.53.0`. */
export async function findServerVersion(queries: Queries): Promise<string> {
  if (engineOf(queries) === 'sqlite') {
    const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(queries);
    return `SQLite ${rows[0]?.version ?? ''}`;
  }
  const { rows } = await sql<{
    version: string;
  }>`select current_setting('server_version') as version`.execute(queries);
  return `PostgreSQL ${rows[0]?.version.split(' ')[0] ?? ''}`;
}

/** Settings that decide whether a commit survives a power failure, by name. */
export async function listDurability(queries: Queries): Promise<Readonly<Record<string, string>>> {
  if (engineOf(queries) === 'sqlite') {
    const { rows: journal } = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(queries);
    const { rows: synchronous } = await sql<{ synchronous: number }>`pragma synchronous`.execute(queries);
    const { rows: keys } = await sql<{ foreign_keys: number }>`pragma foreign_keys`.execute(queries);
    return {
      journal_mode: String(journal[0]?.journal_mode),
      synchronous: String(synchronous[0]?.synchronous),
      foreign_keys: String(keys[0]?.foreign_keys),
    };
  }
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')
  `.execute(queries);
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** When the newest run of a command ended well. */
export async function findLastDone(queries: Queries, command: string): Promise<Instant | undefined> {
  const row = await queries
    .selectFrom('runs')
    .select('finished_at')
    .where('command', '=', command)
    .where('status', '=', 'done')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.finished_at ?? undefined;
}

/** Runs that began before `before` and never said that they ended. */
export async function countUnfinished(queries: Queries, before: Instant): Promise<number> {
  const { count } = await queries
    .selectFrom('runs')
    .select((expression) => expression.fn.countAll<number>().as('count'))
    .where('status', '=', 'running')
    .where('started_at', '<', before)
    .executeTakeFirstOrThrow();
  return count;
}

/** The newest time that any run was recorded with. */
export async function findNewestRun(queries: Queries): Promise<Instant | undefined> {
  const { newest } = await queries
    .selectFrom('runs')
    .select((expression) => expression.fn.max('started_at').as('newest'))
    .executeTakeFirstOrThrow();
  return newest ?? undefined;
}

/** Is there anything to lose yet? */
export async function hasCustomers(queries: Queries): Promise<boolean> {
  const row = await queries.selectFrom('customers').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Deliveries of which nobody knows whether they arrived, by campaign. */
export async function listDoubts(
  queries: Queries,
): Promise<{ readonly campaign: string; readonly count: number }[]> {
  return queries
    .selectFrom('deliveries')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select('campaigns.slug as campaign')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('deliveries.status', '=', 'in_doubt')
    .groupBy('campaigns.slug')
    .orderBy('campaigns.slug')
    .execute();
}

/** Senders that have not said that they stopped. */
export async function listSenders(
  queries: Queries,
): Promise<{ readonly id: number; readonly campaign: string; readonly host: string }[]> {
  return queries
    .selectFrom('senders')
    .innerJoin('campaigns', 'campaigns.id', 'senders.campaign_id')
    .select(['senders.id', 'campaigns.slug as campaign', 'senders.host'])
    .where('senders.stopped_at', 'is', null)
    .orderBy('senders.id')
    .execute();
}

/** Jobs that have begun and not said that they ended. */
export async function listRunningJobs(
  queries: Queries,
): Promise<{ readonly job: string; readonly started_at: Instant }[]> {
  return queries
    .selectFrom('job_runs')
    .select(['job', 'started_at'])
    .where('status', '=', 'running')
    .orderBy('job')
    .execute();
}
