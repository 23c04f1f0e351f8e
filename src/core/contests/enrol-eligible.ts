import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { keySlices } from '../database/key-slices.ts';
import { refreshStatistics } from '../database/refresh-statistics.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import { enrolCustomers, findLastEnrollable } from './contests-queries.ts';
import type { Contest } from './get-contest.ts';

/** Customers of a step. */
const STEP = 100_000;

/**
 * Enrols everyone whom the rules admit and the operator's `--where` names, unless they are in; how many there were. `onLooked` hears of how many
 * customers were looked at.
 */
export async function enrolEligible(
  queries: Queries,
  clock: Clock,
  { id, rules, timezone }: Contest,
  where: readonly string[],
  onLooked?: OnProgress,
): Promise<number> {
  const now = clock.now();
  const texts = [...rules.eligibility.participants, ...where];
  const condition = await compileWhere(queries, texts, customerFields, { now, timezone });
  const last = await findLastEnrollable(queries);
  let enrolled = 0;
  for (const slice of keySlices(last, STEP)) {
    enrolled += await enrolCustomers(queries, id, condition, slice, now);
    await tellProgress(onLooked, slice.until, last);
  }
  await refreshStatistics(queries, enrolled, ['participants']);
  return enrolled;
}
