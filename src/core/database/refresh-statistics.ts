import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';
import type { Tables } from './tables.ts';

// Any way through fewer rows is short.
const MANY_ROWS = 10_000;

/**
 * Fresh figures for the planner of PostgreSQL after so many rows of these tables were written, if they are many: the server notices by
 * itself within a minute or so, and until then chooses ways through them that take three times as long. SQLite needs none.
 */
export async function refreshStatistics(
  queries: Queries,
  written: number,
  tables: readonly (keyof Tables)[],
): Promise<void> {
  if (written < MANY_ROWS || engineOf(queries) !== 'postgres') return;
  for (const table of tables) await sql`analyze ${sql.table(table)}`.execute(queries);
}
