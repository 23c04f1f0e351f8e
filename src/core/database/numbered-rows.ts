import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';

/** The type of a column that numbers the rows of a temporary table from 1, in the order in which they come. */
export function numberType(queries: Queries): string {
  return engineOf(queries) === 'sqlite' ? 'integer primary key' : 'bigint generated always as identity';
}

/**
 * Readies a filled temporary table, numbered by its column `place`, to be read by number. PostgreSQL makes the index now, which takes less than to keep
 * it up meanwhile; names come from code, never from input.
 */
export async function readyNumbered(queries: Queries, table: string): Promise<void> {
  if (engineOf(queries) === 'sqlite') return;
  await sql`create unique index on ${sql.raw(table)} (place)`.execute(queries);
  await sql`analyze ${sql.raw(table)}`.execute(queries);
}
