import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { ZoneOffset } from './zone-offsets.ts';

/** The local day or month of a time as text, by the offsets of its zone: SQLite knows no time zones, and both engines must agree. */
export function localStart(
  queries: Queries,
  column: string,
  unit: 'day' | 'month',
  offsets: readonly ZoneOffset[],
): RawBuilder<string> {
  return startText(queries, localStartKey(queries, column, unit, offsets), unit);
}

/** What many rows are grouped by before `startText` makes text of it: PostgreSQL is several times as fast with dates. */
export function localStartKey(
  queries: Queries,
  column: string,
  unit: 'day' | 'month',
  offsets: readonly ZoneOffset[],
): RawBuilder<unknown> {
  const at = sql.ref(column);
  const shifted = (minutes: number): RawBuilder<unknown> => {
    if (engineOf(queries) === 'sqlite') {
      return sql`substr(datetime(${at}, ${sql.lit(`${minutes} minutes`)}), 1, ${sql.lit(lengthOf(unit))})`;
    }
    const local = sql`(${at} at time zone 'UTC') + interval ${sql.lit(`${minutes} minutes`)}`;
    return unit === 'day' ? sql`cast(${local} as date)` : sql`cast(date_trunc('month', ${local}) as date)`;
  };
  const last = offsets.at(-1)?.minutes ?? 0;
  const branches = offsets
    .slice(0, -1)
    .map(({ minutes, until }) => sql`when ${at} < ${until} then ${shifted(minutes)}`);
  return branches.length === 0
    ? shifted(last)
    : sql`case ${sql.join(branches, sql` `)} else ${shifted(last)} end`;
}

export function startText(
  queries: Queries,
  key: RawBuilder<unknown>,
  unit: 'day' | 'month',
): RawBuilder<string> {
  if (engineOf(queries) === 'sqlite') return sql`${key}`;
  return sql`substr(to_char(${key}, 'YYYY-MM-DD'), 1, ${sql.lit(lengthOf(unit))})`;
}

function lengthOf(unit: 'day' | 'month'): number {
  return unit === 'day' ? 10 : 7;
}
