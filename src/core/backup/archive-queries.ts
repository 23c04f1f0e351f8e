import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { ArchiveTable } from './archive-tables.ts';

/** Those of these tables that have rows. One statement for all: most tables of most databases are empty. */
export async function listFilled(
  queries: Queries,
  tables: readonly ArchiveTable[],
): Promise<ReadonlySet<string>> {
  const parts = tables.map(
    ({ name }) => sql`select ${sql.lit(name)} as name where exists (select 1 from ${sql.table(name)})`,
  );
  const { rows } = await sql<{ name: string }>`${sql.join(parts, sql` union all `)}`.execute(queries);
  return new Set(rows.map(({ name }) => name));
}

/** The highest key that each of these tables has ever given out; tables without keys of their own are left out. */
export async function findLastIds(
  queries: Queries,
  tables: readonly ArchiveTable[],
): Promise<ReadonlyMap<string, number>> {
  const given =
    engineOf(queries) === 'sqlite'
      ? sql`select name, seq as last from sqlite_sequence`
      : sql`select regexp_replace(sequencename::text, '_id_seq$', '') as name, last_value as last from pg_sequences
          where schemaname = current_schema() and last_value is not null`;
  const highest = tables
    .filter(({ columns }) => columns.some(({ type }) => type === 'id'))
    .map(
      ({ name }) =>
        sql`select ${sql.lit(name)} as name, coalesce(max(id), 0) as last from ${sql.table(name)}`,
    );
  const last = new Map<string, number>();
  const { rows } = await sql<{
    name: string;
    last: number;
  }>`${sql.join(highest, sql` union all `)}`.execute(queries);
  for (const row of rows) last.set(row.name, row.last);
  for (const row of (await sql<{ name: string; last: number }>`${given}`.execute(queries)).rows) {
    const before = last.get(row.name);
    if (before !== undefined) last.set(row.name, Math.max(before, row.last));
  }
  return last;
}

/** Makes a table go on with the key after `last`. */
export async function setLastId(
  queries: Queries,
  { name }: Pick<ArchiveTable, 'name'>,
  last: number,
): Promise<void> {
  if (last === 0) return;
  if (engineOf(queries) === 'postgres') {
    await sql`select setval(pg_get_serial_sequence(${name}, 'id'), ${last})`.execute(queries);
    return;
  }
  await sql`delete from sqlite_sequence where name = ${name}`.execute(queries);
  await sql`insert into sqlite_sequence (name, seq) values (${name}, ${last})`.execute(queries);
}

/** SQLite: inserts rows that come as one JSON array of arrays, without reading them in JavaScript. */
export async function insertJsonRows(
  queries: Queries,
  { name, columns }: ArchiveTable,
  json: string,
): Promise<void> {
  const values = columns.map((_, at) => sql`json_extract(value, ${sql.lit(`$[${at}]`)})`);
  const names = columns.map((column) => sql.ref(column.name));
  await sql`insert into ${sql.table(name)} (${sql.join(names)})
    select ${sql.join(values)} from jsonb_each(${json})`.execute(queries);
}

/** SQLite: are references between rows checked with each row? Not inside of a transaction. */
export async function checkReferences(queries: Queries, isOn: boolean): Promise<void> {
  await sql.raw(`pragma foreign_keys = ${isOn ? 'on' : 'off'}`).execute(queries);
}

/** SQLite: for a file that is thrown away when anything fails, and synced by who keeps it. Not inside of a transaction. */
export async function writeWithoutLog(queries: Queries): Promise<void> {
  await sql`pragma journal_mode = memory`.execute(queries);
  await sql`pragma synchronous = off`.execute(queries);
}

/** SQLite: lets go of the pages that this connection keeps in memory. */
export async function giveBackCache(queries: Queries): Promise<void> {
  await sql`pragma shrink_memory`.execute(queries);
}

/** SQLite: the indexes that a table is not made with. */
export async function listIndexes(queries: Queries): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`select name from sqlite_schema where type = 'index' and sql is not null order by rowid`.execute(queries);
  return rows.map(({ name }) => name);
}

export async function clearMeta(queries: Queries): Promise<void> {
  await queries.deleteFrom('meta').execute();
}

/** Does any of these tables have a row, beside what a database has from its beginning? */
export async function hasRows(queries: Queries, tables: readonly string[]): Promise<boolean> {
  for (const table of tables) {
    if (table === 'meta' || table === 'audit_log') continue;
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(queries);
    if (rows.length > 0) return true;
  }
  return false;
}

/** Names of the tables of this schema that are there. */
export async function listExistingTables(queries: Queries): Promise<string[]> {
  const { rows } = await (engineOf(queries) === 'sqlite'
    ? sql<{
        name: string;
      }>`select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'`
    : sql<{
        name: string;
      }>`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relkind in ('r', 'p')`
  ).execute(queries);
  return rows.map(({ name }) => name);
}

/** SQLite: rows that point at rows that are not there, as texts. PostgreSQL has refused them while they were loaded. */
export async function listBrokenReferences(queries: Queries): Promise<string[]> {
  if (engineOf(queries) === 'postgres') return [];
  const { rows } = await sql<{
    table: string;
    rowid: number;
    parent: string;
  }>`pragma foreign_key_check`.execute(queries);
  return rows.map(
    ({ table, rowid, parent }) => `row ${rowid} of ${table} points at a row of ${parent} that is not there`,
  );
}

/** Rewards whose ledger entries say less than nothing is left of them, as texts. */
export async function listUnbalancedEntries(queries: Queries): Promise<string[]> {
  const { rows } = await sql<{ id: number; account: string; currency: string }>`
    select reward_id as id, account, currency from (
      select reward_id, to_account as account, currency, amount_minor from ledger_entries
      union all
      select reward_id, from_account, currency, -amount_minor from ledger_entries
    ) as movements
    where account <> 'program'
    group by reward_id, account, currency
    having sum(amount_minor) < 0
    order by reward_id limit 100`.execute(queries);
  return rows.map(
    ({ id, account, currency }) => `the ledger of reward ${id} is below zero in ${account} ${currency}`,
  );
}

export async function countTable(queries: Queries, name: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(
    queries,
  );
  return rows[0]?.count ?? 0;
}
