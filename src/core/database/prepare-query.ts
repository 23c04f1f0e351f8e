import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { Queries } from './database.ts';

/** A query builder, or a query of raw SQL. */
export interface CompilableQuery<Row> {
  compile(queries: Queries): CompiledQuery<Row>;
}

/**
 * A query that is compiled once and asked many times, with another value in one place each time: to compile a query takes as long as to read
 * a hundred rows.
 */
export function prepareQuery<Value, Row>(
  queries: Queries,
  build: (value: RawBuilder<Value>) => CompilableQuery<Row>,
): (value: Value) => Promise<readonly Row[]> {
  const mark = {};
  const compiled = build(sql<Value>`${mark}`).compile(queries);
  const { parameters } = compiled;
  const place = parameters.indexOf(mark);
  if (place === -1) throw new TypeError('the query does not use its value');
  return async (value) => {
    const { rows } = await queries.executeQuery<Row>({
      ...compiled,
      parameters: parameters.with(place, value),
    });
    return rows;
  };
}
