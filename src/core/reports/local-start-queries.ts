import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { ZoneOffset } from './zone-offsets.ts';

/** The local date of a time, by the offsets of its zone: SQLite knows no time zones, and both engines must agree. */
export function localStart(
  queries: Queries,
  column: string,
  unit: 'day' | 'month',
  offsets: readonly ZoneOffset[],
): RawBuilder<string> {
  const at = sql.ref(column);
  const sqlite = engineOf(queries) === 'sqlite';
  const length = unit === 'day' ? 10 : 7;
  const shifted = (minutes: number): RawBuilder<string> =>
    sqlite
      ? sql`substr(datetime(${at}, ${sql.lit(`${minutes} minutes`)}), 1, ${sql.lit(length)})`
      : sql`substr(to_char((${at} at time zone 'UTC') + interval ${sql.lit(`${minutes} minutes`)}, 'YYYY-MM-DD'), 1, ${sql.lit(length)})`;
  const last = offsets.at(-1)?.minutes ?? 0;
  const branches = offsets
    .slice(0, -1)
    .map(({ minutes, until }) => sql`when ${at} < ${until} then ${shifted(minutes)}`);
  return branches.length === 0
    ? shifted(last)
    : sql`case ${sql.join(branches, sql` `)} else ${shifted(last)} end`;
}
