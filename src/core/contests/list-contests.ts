import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { contestFields } from './contest-fields.ts';
import { listContestRows } from './contests-queries.ts';

export interface ListOptions {
  readonly where: readonly string[];
  readonly limit?: number | undefined;
  readonly offset: number;
  /** The zone of times in conditions that have none. */
  readonly timezone: string;
}

/** Contests that fulfil all conditions, the one that starts last first. Throws `usage` for a condition. */
export async function listContests(
  queries: Queries,
  clock: Clock,
  { where, limit, offset, timezone }: ListOptions,
) {
  const condition = await compileWhere(queries, where, contestFields, { now: clock.now(), timezone });
  return listContestRows(queries, condition, limit, offset);
}
