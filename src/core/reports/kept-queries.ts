import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { Instant } from '../time.ts';

/** The tables whose changes are told apart. `mails` are changes to what `report_mails` was taken from. */
export const SOURCES = [
  'customers',
  'suppressions',
  'contests',
  'participants',
  'codes',
  'sign_ups',
  'campaigns',
  'deliveries',
  'events',
  'bookings',
  'referrals',
  'rewards',
  'segments',
  'segment_members',
  'mails',
] as const;

export type Source = (typeof SOURCES)[number];
/** A text for each source that is another one whenever its rows are. */
export type Stamps<Asked extends Source = Source> = Readonly<Record<Asked, string>>;

const UNKEYED: readonly Source[] = ['segment_members', 'mails'];

/**
 * PostgreSQL counts every statement that changed a table, and the count of a transaction comes with its rows. SQLite has
 * one writer: new rows show by the highest key, changes by the count, and the send loop's by the number of open deliveries.
 */
export async function readStamps<Asked extends Source>(
  queries: Queries,
  sources: readonly Asked[],
): Promise<Stamps<Asked>> {
  const { rows: changes } = await sql<{ source: string; changes: number }>`
    select source, sum(changes) as changes from report_changes group by source`.execute(queries);
  const counts = new Map(changes.map((row) => [row.source, String(row.changes)]));
  const keys =
    engineOf(queries) === 'sqlite' ? await readSqliteKeys(queries, sources) : new Map<string, string>();
  const entries = sources.map((source) => [source, `${counts.get(source) ?? 0}/${keys.get(source) ?? ''}`]);
  return Object.fromEntries(entries) as Stamps<Asked>;
}

async function readSqliteKeys(
  queries: Queries,
  sources: readonly Source[],
): Promise<ReadonlyMap<string, string>> {
  const keyed = sources.filter((source) => !UNKEYED.includes(source));
  const highest = keyed.map(
    (source) =>
      sql`select ${source} as source, coalesce((select max(id) from ${sql.table(source)}), 0) as state`,
  );
  const { rows } = await sql<{
    source: string;
    state: number;
  }>`${sql.join(highest, sql` union all `)}`.execute(queries);
  const keys = new Map<string, string>(rows.map((row) => [row.source, String(row.state)]));
  if (sources.includes('deliveries')) {
    keys.set('deliveries', `${keys.get('deliveries') ?? 0}+${await countOpen(queries)}`);
  }
  if (sources.includes('segment_members')) keys.set('segment_members', await describeMembers(queries));
  return keys;
}

async function countOpen(queries: Queries): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select (select count(*) from deliveries where status = 'pending')
      + (select count(*) from deliveries where status in ('claimed', 'sending')) as n`.execute(queries);
  return rows[0]?.n ?? 0;
}

// Members have no key of their own and no trigger, which would slow scoring: a sum over what they are stands for them.
async function describeMembers(queries: Queries): Promise<string> {
  const { rows } = await sql<{ state: string }>`
    select count(*) || ':' || coalesce(max(scored_at), '') || ':' || coalesce(sum(segment_id * 31 + customer_ref), 0) || ':'
      || coalesce(sum((((customer_ref * customer_ref) % 2147483647) * (customer_ref % 46337 + segment_id)) % 2147483647), 0)
      as state
    from segment_members`.execute(queries);
  return rows[0]?.state ?? '';
}

export async function listKept(
  queries: Queries,
  keys: readonly string[],
): Promise<{ key: string; stamp: string; content: string }[]> {
  return queries
    .selectFrom('report_kept')
    .select(['key', 'stamp', 'content'])
    .where('key', 'in', keys)
    .execute();
}

export async function saveKept(
  queries: Queries,
  rows: readonly { key: string; stamp: string; content: string; stored_at: Instant }[],
): Promise<void> {
  if (rows.length === 0) return;
  await queries
    .insertInto('report_kept')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((of) => ({
        stamp: of.ref('excluded.stamp'),
        content: of.ref('excluded.content'),
        stored_at: of.ref('excluded.stored_at'),
      })),
    )
    .execute();
}

/** Forgets all but the newest results, and makes one row of what each source's changes sum up to. */
export async function tidyKept(queries: Queries, most: number): Promise<void> {
  await sql`delete from report_kept where key <> 'mails' and key not in (
    select key from report_kept order by stored_at desc, key limit ${sql.lit(most)})`.execute(queries);
  if (engineOf(queries) === 'sqlite') return;
  await sql`with gone as (
      delete from report_changes where id in (select id from report_changes order by id for update skip locked)
      returning source, changes)
    insert into report_changes (source, changes) select source, sum(changes) from gone group by source`.execute(
    queries,
  );
}
