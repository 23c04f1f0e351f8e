import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { textsIn } from '../database/list-parameter.ts';
import { KEPT_SCHEMA_PREFIX } from './kept-name.ts';

/** PostgreSQL only. The name of the schema that tables are looked for in first. */
export async function findCurrentSchema(queries: Queries): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(queries);
  return rows[0]?.name ?? 'public';
}

export async function createSchema(queries: Queries, name: string): Promise<void> {
  await sql`create schema ${sql.ref(name)}`.execute(queries);
}

export async function dropSchema(queries: Queries, name: string): Promise<void> {
  await sql`drop schema if exists ${sql.ref(name)} cascade`.execute(queries);
}

/** Schemas that restores have kept, oldest first. */
export async function listKeptSchemas(queries: Queries): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select nspname as name from pg_namespace where starts_with(nspname, ${KEPT_SCHEMA_PREFIX}) order by 1`.execute(
    queries,
  );
  return rows.map(({ name }) => name);
}

/** Waits for nobody: takes the tables for this transaction alone, or fails with 55P03. */
export async function lockTables(queries: Queries, schema: string, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  await sql`set local lock_timeout = '5s'`.execute(queries);
  const names = tables.map((table) => sql.ref(`${schema}.${table}`));
  await sql`lock table ${sql.join(names)} in access exclusive mode`.execute(queries);
}

/** Moves tables, with their indexes, sequences and triggers, and the functions that those triggers call. */
export async function moveTables(
  queries: Queries,
  tables: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  const moves = tables.map(
    (table) => sql`alter table ${sql.ref(`${from}.${table}`)} set schema ${sql.ref(to)}`,
  );
  await sql.join(moves, sql`; `).execute(queries);
  const { rows } = await sql<{ name: string }>`
    select distinct p.proname as name from pg_trigger t
      join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_proc p on p.oid = t.tgfoid join pg_namespace home on home.oid = p.pronamespace
    where n.nspname = ${to} and home.nspname = ${from} and not t.tgisinternal
      and c.relname in ${textsIn(queries, tables)}`.execute(queries);
  for (const { name } of rows) {
    await sql`alter function ${sql.ref(`${from}.${name}`)}() set schema ${sql.ref(to)}`.execute(queries);
  }
}
