import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import type { ReferralStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { type DecidingDependencies, evaluateReferrals } from './evaluate-referrals.ts';
import { approveOverdue, countReferrals, hasExpiring } from './referral-queries.ts';

export type ReferralCounts = Readonly<Record<ReferralStatus, number>>;

/**
 * Approves the referrals of a contest whose hold days are over, and returns how many; pending ones whose time is over expire, and the next
 * booking of the friend moves up. What is held for fraud or for a person's approval stays held, however much time passes.
 */
export async function advanceReferrals(
  queries: Queries,
  contest: Contest,
  now: Instant,
  watch: Pick<DecidingDependencies, 'onDecided'> = {},
): Promise<number> {
  if (await hasExpiring(queries, contest.id, now)) await evaluateReferrals(queries, contest, now, watch);
  return approveOverdue(queries, contest.id, now);
}

/** What stands for a contest: the number of its referrals in each status. */
export async function getReferralCounts(
  queries: Queries,
  contest: { readonly id: number },
): Promise<ReferralCounts> {
  const counts = { pending: 0, held: 0, approved: 0, rejected: 0, reversed: 0, expired: 0 };
  for (const { status, count } of await countReferrals(queries, contest.id)) counts[status] = count;
  return counts;
}
