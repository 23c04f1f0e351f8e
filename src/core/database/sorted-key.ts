import { type RawBuilder, sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';

/**
 * A column of keys to group many rows by. By an index on it SQLite would fetch each row from another page; the cast keeps it from that index, so that it goes
 * over the table in its order and sorts.
 */
export function sortedKey(queries: Queries, column: string): RawBuilder<number> {
  const key = sql.ref<number>(column);
  return engineOf(queries) === 'sqlite' ? sql`cast(${key} as integer)` : sql`${key}`;
}
