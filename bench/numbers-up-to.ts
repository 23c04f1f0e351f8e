import { type RawBuilder, sql } from 'kysely';
import type { Engine } from '../src/core/database/database.ts';

/** A query with the whole numbers from 1 to `count` as `i`. */
export function numbersUpTo(engine: Engine, count: number): RawBuilder<unknown> {
  if (engine === 'postgres') return sql`select i from generate_series(1, ${sql.lit(count)}) as series (i)`;
  return sql`with recursive series (i) as (select 1 union all select i + 1 from series where i < ${sql.lit(count)})
    select i from series`;
}
