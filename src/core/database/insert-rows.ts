import type { Insertable } from 'kysely';
import type { Queries } from './database.ts';
import { chunksOf } from './in-chunks.ts';
import type { Tables } from './tables.ts';

// PostgreSQL takes 65,535 parameters in a statement, SQLite 32,766; short statements also parse faster.
const PARAMETERS = 10_000;

/** Inserts rows of the same columns with few statements, whatever their number. Call it inside a transaction. */
export async function insertRows<Table extends keyof Tables & string>(
  queries: Queries,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Math.max(1, Object.keys(first).length);
  for (const chunk of chunksOf(rows, Math.max(1, Math.floor(PARAMETERS / columns)))) {
    await queries.insertInto(table).values(chunk).execute();
  }
}
