import { type Kysely, type Selectable, sql } from 'kysely';
import type { Queries } from './database.ts';
import type { SchemaDescription } from './describe-schema.ts';
import { engineOf } from './engine-of.ts';
import { columnTypes } from './migration.ts';

/** What was applied; a table of the migrator itself, which no other code reads. */
export interface AppliedMigration {
  name: string;
  /** SHA-256 over the SQL texts that were run on this engine. */
  checksum: string;
  /** The schema as it was right after, as JSON: a digest per object. */
  schema_description: string;
  applied_at: string;
  program_version: string;
}

interface MigrationTables {
  schema_migrations: AppliedMigration;
}

function tables(queries: Queries): Kysely<MigrationTables> {
  return queries as unknown as Kysely<MigrationTables>;
}

/** Waits until no other process migrates this PostgreSQL database; SQLite's BEGIN IMMEDIATE has waited already. */
export async function lockMigrations(queries: Queries): Promise<void> {
  if (engineOf(queries) !== 'postgres') return;
  await sql`select pg_advisory_xact_lock(hashtext('referral.migrations'))`.execute(queries);
}

export async function createMigrationsTable(queries: Queries): Promise<void> {
  const types = columnTypes(engineOf(queries));
  await runStatement(
    queries,
    `create table if not exists schema_migrations (
      name ${types.text} primary key, checksum ${types.text} not null, schema_description ${types.text} not null,
      applied_at ${types.time} not null, program_version ${types.text} not null
    ${types.end}`,
  );
}

/** Applied migrations by name; none when the table is not there yet. */
export async function listApplied(queries: Queries): Promise<Selectable<AppliedMigration>[]> {
  if (!(await hasMigrationsTable(queries))) return [];
  return tables(queries).selectFrom('schema_migrations').selectAll().orderBy('name').execute();
}

/** The names alone: what every command checks when it opens the database. */
export async function listAppliedNames(queries: Queries): Promise<string[]> {
  if (!(await hasMigrationsTable(queries))) return [];
  const rows = await tables(queries).selectFrom('schema_migrations').select('name').orderBy('name').execute();
  return rows.map((row) => row.name);
}

export async function insertApplied(
  queries: Queries,
  row: Omit<AppliedMigration, 'schema_description'> & { readonly schema: SchemaDescription },
): Promise<void> {
  const { schema, ...rest } = row;
  await tables(queries)
    .insertInto('schema_migrations')
    .values({ ...rest, schema_description: JSON.stringify(schema) })
    .execute();
}

export async function deleteApplied(queries: Queries, name: string): Promise<void> {
  await tables(queries).deleteFrom('schema_migrations').where('name', '=', name).execute();
}

async function runStatement(queries: Queries, statement: string): Promise<void> {
  await sql.raw(statement).execute(queries);
}

/** Runs statements one after the other; PostgreSQL is handed all of them at once. */
export async function runStatements(queries: Queries, statements: readonly string[]): Promise<void> {
  if (engineOf(queries) === 'postgres') await runStatement(queries, statements.join(';\n'));
  else for (const statement of statements) await runStatement(queries, statement);
}

async function hasMigrationsTable(queries: Queries): Promise<boolean> {
  const found =
    engineOf(queries) === 'sqlite'
      ? sql<{
          name: string;
        }>`select name from sqlite_schema where type = 'table' and name = 'schema_migrations'`
      : sql<{
          name: string;
        }>`select 'schema_migrations' as name where to_regclass('schema_migrations') is not null`;
  return (await found.execute(queries)).rows.length > 0;
}
