import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { refreshStatistics } from '../database/refresh-statistics.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import { enrolCustomers } from './contests-queries.ts';
import type { Contest } from './get-contest.ts';

/** Enrols everyone whom the rules admit and the operator's `--where` names, unless they are in; how many there were. */
export async function enrolEligible(
  queries: Queries,
  clock: Clock,
  { id, rules, timezone }: Contest,
  where: readonly string[],
): Promise<number> {
  const now = clock.now();
  const texts = [...rules.eligibility.participants, ...where];
  const condition = await compileWhere(queries, texts, customerFields, { now, timezone });
  const enrolled = await enrolCustomers(queries, id, condition, now);
  await refreshStatistics(queries, enrolled, ['participants']);
  return enrolled;
}
