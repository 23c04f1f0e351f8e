import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { parseMinorUnits } from '../money.ts';
import { milestoneRule } from './milestone-rule.ts';
import { listApprovedCounts, listOtherRewards } from './reward-queries.ts';
import { findRewardValue } from './reward-value.ts';
import { listEarnedByReferrals, listSpentOnReferrals } from './spent-queries.ts';

/**
 * What of the budget of a contest is gone: rewards of referrals and milestones that customers have claimed or were paid, as they stand once the
 * ledger is brought up to date; minor units per currency. Empty where there is no budget.
 */
export async function findSpent(
  queries: Queries,
  { id, rules }: Pick<Contest, 'id' | 'rules'>,
): Promise<ReadonlyMap<string, number>> {
  const spent = new Map<string, number>();
  if (Object.keys(rules.limits.budget).length === 0) return spent;
  const add = (unit: string, amount: number): void => {
    spent.set(unit, (spent.get(unit) ?? 0) + amount);
  };
  for (const { unit, amount_minor } of await listSpentOnReferrals(queries, id, rules))
    add(unit, amount_minor);
  const { milestones } = rules.rewards;
  const standing = (await listOtherRewards(queries, id, ['milestone'])).filter(
    ({ status }) => status === 'claimed' || status === 'paid',
  );
  if (milestones.length === 0 || standing.length === 0) return spent;
  const least = Math.min(...milestones.map(({ at }) => at));
  const approved = await listApprovedCounts(queries, id, least);
  const counts = new Map(approved.map(({ customer_ref, count }) => [customer_ref, count]));
  for (const { customer_ref, rule } of standing) {
    const milestone = milestones.find((one) => milestoneRule(one) === rule);
    const value = milestone === undefined ? undefined : findRewardValue(milestone, undefined);
    if (milestone === undefined || value === undefined) continue;
    if ((counts.get(customer_ref) ?? 0) >= milestone.at) add(value.currency, value.amount_minor);
  }
  return spent;
}

/** Is the budget of a contest more than everything that can be taken out of it? Then no reward depends on those before it; nor where there is none. */
export async function isBudgetAmple(
  queries: Queries,
  { id, rules }: Pick<Contest, 'id' | 'rules'>,
): Promise<boolean> {
  const { budget } = rules.limits;
  if (Object.keys(budget).length === 0) return true;
  const { milestones } = rules.rewards;
  const earned = new Map(
    (await listEarnedByReferrals(queries, id, rules)).map(({ unit, amount_minor }) => [unit, amount_minor]),
  );
  const values = milestones.map((milestone) => ({ milestone, value: findRewardValue(milestone, undefined) }));
  const costly = values.filter(({ value }) => value !== undefined && value.currency in budget);
  if (costly.length > 0) {
    const least = Math.min(...costly.map(({ milestone }) => milestone.at));
    for (const { count } of await listApprovedCounts(queries, id, least)) {
      for (const { milestone, value } of costly) {
        if (value === undefined || count < milestone.at) continue;
        earned.set(value.currency, (earned.get(value.currency) ?? 0) + value.amount_minor);
      }
    }
  }
  return Object.entries(budget).every(
    ([currency, amount]) => (earned.get(currency) ?? 0) <= parseMinorUnits(amount, currency, 'limits.budget'),
  );
}
