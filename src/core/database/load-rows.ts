import { sql } from 'kysely';
import { COPY_FROM, copyRows } from './copy-rows.ts';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';
import { inChunks } from './in-chunks.ts';
import { type JsonColumnType, rowsOfJson } from './rows-of-json.ts';

// Of a statement.
const ROWS = 5_000;

/**
 * Inserts rows of these columns, however many, in flat memory: PostgreSQL takes many by COPY, which is the fastest that it has. Call it inside a
 * transaction; `table` and the names of columns come from code, never from input.
 */
export async function loadRows<Column extends string>(
  queries: Queries,
  table: string,
  columns: Readonly<Record<Column, JsonColumnType>>,
  rows: Iterable<Readonly<Record<Column, string | number | null>>>,
): Promise<void> {
  const names = Object.keys(columns) as Column[];
  const listed = sql.join(names.map((name) => sql.ref(name)));
  const copies = engineOf(queries) === 'postgres';
  for await (const chunk of inChunks(rows, ROWS)) {
    if (copies && chunk.length >= COPY_FROM) {
      const values = chunk.values().map((row) => names.map((name) => row[name]));
      await copyRows(queries, table, names, values);
    } else {
      const json = rowsOfJson(queries, 'loaded', columns, chunk);
      await sql`insert into ${sql.table(table)} (${listed}) select ${listed} from ${json} where true`.execute(
        queries,
      );
    }
  }
}
