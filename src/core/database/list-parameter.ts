import { type RawBuilder, sql } from 'kysely';
import type { Queries } from './database.ts';
import { engineOf } from './engine-of.ts';

/** `(…)` after `in`, of any number of integers in one parameter: neither engine takes more than some 30,000 of them. */
export function integersIn(queries: Queries, values: readonly number[]): RawBuilder<number> {
  const json = JSON.stringify(values);
  return engineOf(queries) === 'postgres'
    ? sql`(select value::bigint from jsonb_array_elements_text(${json}::jsonb) as list (value))`
    : sql`(select value from json_each(${json}))`;
}

/** As `integersIn`, for texts. */
export function textsIn(queries: Queries, values: readonly string[]): RawBuilder<string> {
  const json = JSON.stringify(values);
  return engineOf(queries) === 'postgres'
    ? sql`(select value from jsonb_array_elements_text(${json}::jsonb) as list (value))`
    : sql`(select value from json_each(${json}))`;
}

/** Is the column one of the integers? In an update by key the shortest way to its rows. */
export function isOneOf(queries: Queries, column: string, values: readonly number[]): RawBuilder<boolean> {
  return engineOf(queries) === 'postgres'
    ? sql<boolean>`${sql.ref(column)} = any(${`{${values.join(',')}}`}::bigint[])`
    : sql<boolean>`${sql.ref(column)} in ${integersIn(queries, values)}`;
}

/** The same for texts: with a list in `in`, PostgreSQL compares every row with every text while it takes the table for empty. */
export function isOneOfTexts(
  queries: Queries,
  column: string,
  values: readonly string[],
): RawBuilder<boolean> {
  return engineOf(queries) === 'postgres'
    ? sql<boolean>`${sql.ref(column)} = any(${values}::text[])`
    : sql<boolean>`${sql.ref(column)} in ${textsIn(queries, values)}`;
}
