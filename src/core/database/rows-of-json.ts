import { type RawBuilder, sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';

export type JsonColumnType = 'integer' | 'real' | 'text' | 'time' | 'json';

const POSTGRES_TYPES: Readonly<Record<JsonColumnType, string>> = {
  json: 'jsonb',
  integer: 'bigint',
  real: 'double precision',
  text: 'text',
  time: 'timestamptz',
};

/**
 * Rows as one JSON parameter, to be used as a table in `from`: `(select …) as name`. However many rows, it is one
 * statement with one parameter, which neither engine limits. `json` columns hold JSON as text; null where a key is absent.
 */
export function rowsOfJson<Column extends string>(
  queries: Queries,
  name: string,
  columns: Readonly<Record<Column, JsonColumnType>>,
  rows: readonly Readonly<Record<Column, string | number | null>>[],
): RawBuilder<Record<Column, never>> {
  const entries = Object.entries<JsonColumnType>(columns);
  const names = entries.map(([column]) => column);
  const json = JSON.stringify(rows.map((row) => names.map((column) => row[column as Column])));
  if (engineOf(queries) === 'sqlite') {
    // In the binary form a row is parsed once, not once for each of its columns: twice as fast for twenty columns.
    const selected = names.map(
      (column, index) => sql`json_extract(value, ${sql.lit(`$[${index}]`)}) as ${sql.ref(column)}`,
    );
    return sql`(select ${sql.join(selected)} from jsonb_each(${json})) as ${sql.ref(name)}`;
  }
  const selected = entries.map(([column, type], index) => {
    const text = sql`(value ->> ${sql.lit(index)})`;
    return sql`${text}::${sql.raw(POSTGRES_TYPES[type])} as ${sql.ref(column)}`;
  });
  return sql`(select ${sql.join(selected)} from jsonb_array_elements(${json}::jsonb)) as ${sql.ref(name)}`;
}
