import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';

/** Rows among which most names are found. */
const SAMPLE = 1_000;

/** The names that the JSON objects of a column have, sorted by bytes. */
export async function listJsonNames(queries: Queries, table: string, column: string): Promise<string[]> {
  const names =
    engineOf(queries) === 'postgres'
      ? await listOnPostgres(queries, table, column)
      : await sql<Name>`select distinct list.key as name
          from ${sql.table(table)}, json_each(${sql.ref(`${table}.${column}`)}) as list order by 1`.execute(
          queries,
        );
  return names.rows.map(({ name }) => name);
}

interface Name {
  readonly name: string;
}

// To leave out the names that are known costs half as much as to list those of every object, and can be done by several processes of the server.
async function listOnPostgres(queries: Queries, table: string, column: string) {
  const objects = sql.ref(column);
  const sample = sql`(select ${objects} from ${sql.table(table)} limit ${SAMPLE}) as sampled`;
  const { rows } =
    await sql<Name>`select distinct jsonb_object_keys(${objects}) as name from ${sample}`.execute(queries);
  const known = sql`${rows.map(({ name }) => name)}::text[]`;
  return sql<Name>`select name collate "C" as name from unnest(${known}) as list (name)
    union select jsonb_object_keys(${objects} - ${known}) from ${sql.table(table)} where ${objects} - ${known} <> '{}'
    order by 1`.execute(queries);
}
