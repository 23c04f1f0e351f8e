import type { Contest } from '../contests/get-contest.ts';
import { type Award, listAwards } from '../contests/list-awards.ts';
import type { ReferralReward } from '../contests/rules-parts.ts';
import type { Queries } from '../database/database.ts';
import type { RewardSide } from '../database/tables.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { type Budget, createBudget } from './budget.ts';
import { findSpent, isBudgetAmple } from './find-spent.ts';
import { milestoneRule } from './milestone-rule.ts';
import { type Claim, reconcileReward } from './reconcile-reward.ts';
import { type RewardChange, statusAfter, toValue } from './reward.ts';
import {
  type EarningReferral,
  listApprovedCounts,
  listEarningReferrals,
  listOtherRewards,
  listRewardsOfReferrals,
  type StandingRow,
} from './reward-queries.ts';
import { findRewardValue, type RewardValue } from './reward-value.ts';
import {
  countStandingRewards,
  dropStaleReferrals,
  findStaleReferrals,
  listStaleReferrals,
} from './stale-referral-queries.ts';

const DAY_MS = 86_400_000;
const PAGE = 2_000;
const LARGE_PAGE = 10_000;

/** What a part of the referrals or milestones of a contest comes to. */
export interface PlannedRewards {
  readonly changes: readonly RewardChange[];
  /** Standing rewards that are as they should be. */
  readonly unchanged: number;
  /** Earned, but the budget is used up. */
  readonly overBudget: number;
}

/**
 * Everything that the ledger of a contest lacks: what its approved referrals and reached milestones earn by the rules, less what
 * stands. The budget goes to bookings in their order, after what customers have claimed or were paid. Reads only.
 */
export async function* planContestRewards(
  queries: Queries,
  contest: Contest,
  now: Instant,
): AsyncGenerator<PlannedRewards> {
  const planner = await openPlanner(queries, contest, now);
  for (let after: Instant = '0001-01-01T00:00:00.000Z'; ; ) {
    const referrals = await listEarningReferrals(queries, contest.id, after, PAGE);
    const last = referrals.at(-1);
    if (last === undefined) break;
    await addReferrals(queries, planner, referrals);
    yield planner.take();
    after = last.booked_at;
  }
  yield* planOthers(queries, contest, planner);
}

/**
 * The same, and faster where little has changed: the database picks the referrals that need a look. Where a budget may be used up, each depends on
 * those before it, and all are gone through. Call it in a transaction that writes, and post what one step gives before asking for the next.
 */
export async function* planStaleRewards(
  queries: Queries,
  contest: Contest,
  now: Instant,
): AsyncGenerator<PlannedRewards> {
  if (!(await isBudgetAmple(queries, contest))) return yield* planContestRewards(queries, contest, now);
  const planner = await openPlanner(queries, contest, now);
  let untouched = await countStandingRewards(queries, contest.id);
  await findStaleReferrals(queries, contest.id, contest.rules);
  for await (const referrals of pagesOf((after) => listStaleReferrals(queries, after, LARGE_PAGE))) {
    untouched -= await addReferrals(queries, planner, referrals);
    yield planner.take();
  }
  await dropStaleReferrals(queries);
  yield { changes: [], unchanged: untouched, overBudget: 0 };
  yield* planOthers(queries, contest, planner);
}

/** As `planStaleRewards`, of what follows from no single referral. */
export async function* planOtherRewards(
  queries: Queries,
  contest: Contest,
  now: Instant,
): AsyncGenerator<PlannedRewards> {
  yield* planOthers(queries, contest, await openPlanner(queries, contest, now));
}

async function openPlanner(queries: Queries, contest: Contest, now: Instant): Promise<RewardPlanner> {
  const budget = createBudget(contest.rules.limits.budget, await findSpent(queries, contest));
  return createRewardPlanner(contest, budget, now);
}

/** Goes through referrals with what stands for them; how many of these rewards were not reversed. */
async function addReferrals(
  queries: Queries,
  planner: RewardPlanner,
  referrals: readonly EarningReferral[],
): Promise<number> {
  const rewards = await listRewardsOfReferrals(
    queries,
    referrals.map((referral) => referral.id),
  );
  const byReferral = Map.groupBy(rewards, (reward) => reward.referral_id);
  for (const referral of referrals) planner.addReferral(referral, byReferral.get(referral.id) ?? []);
  return rewards.filter(({ status }) => status !== 'reversed').length;
}

async function* pagesOf(
  list: (after: number) => Promise<readonly EarningReferral[]>,
): AsyncGenerator<readonly EarningReferral[]> {
  for (let after = 0; ; ) {
    const page = await list(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}

async function* planOthers(
  queries: Queries,
  contest: Contest,
  planner: RewardPlanner,
): AsyncGenerator<PlannedRewards> {
  const milestones = contest.rules.rewards.milestones;
  const standing = await listOtherRewards(queries, contest.id, ['milestone']);
  if (milestones.length > 0 || standing.length > 0) {
    const least = Math.min(...milestones.map((milestone) => milestone.at));
    const counts = milestones.length === 0 ? [] : await listApprovedCounts(queries, contest.id, least);
    planner.addMilestones(counts, standing);
    yield planner.take();
  }
  planner.addAwards(
    await listAwards(queries, contest),
    await listOtherRewards(queries, contest.id, ['position', 'drawing']),
  );
  yield planner.take();
}

/** A reward as the rules name it, before it is compared with what stands. */
interface Earning {
  readonly key: string;
  readonly customerRef: number;
  readonly side: RewardSide;
  readonly rule: string;
  readonly referralId: number | null;
  readonly dueAt: Instant | null;
  readonly claim: Claim;
}

interface RewardPlanner {
  addReferral(referral: EarningReferral, standing: readonly StandingRow[]): void;
  addMilestones(
    counts: readonly { readonly customer_ref: number; readonly count: number }[],
    standing: readonly StandingRow[],
  ): void;
  /** Prizes were promised: no budget limits them. */
  addAwards(awards: readonly Award[], standing: readonly StandingRow[]): void;
  /** What was planned since it was last asked. */
  take(): PlannedRewards;
}

function createRewardPlanner(contest: Contest, budget: Budget, now: Instant): RewardPlanner {
  const { rewards } = contest.rules;
  const grant: Grant = { at: now, expiresAt: expiryOf(contest, now) };
  let changes: RewardChange[] = [];
  let unchanged = 0;
  let overBudget = 0;

  function add(earning: Earning, standing: StandingRow | undefined): void {
    compare({ ...earning, claim: withinBudget(earning.claim, standing) }, standing);
  }

  function compare(earning: Earning, standing: StandingRow | undefined): void {
    const change = planChange(contest, earning, standing, grant);
    if (change !== undefined) changes.push(change);
    else if (standing !== undefined && standing.status !== 'reversed') unchanged += 1;
  }

  // What a customer has claimed or was paid is spent already; the rest must still fit.
  function withinBudget(claim: Claim, standing: StandingRow | undefined): Claim {
    if (claim.state !== 'granted') return claim;
    const isGone =
      standing !== undefined &&
      (standing.status === 'claimed' ||
        standing.status === 'paid' ||
        standing.status === 'expired' ||
        standing.is_revoked === 1);
    if (isGone || budget.take(claim.value)) return claim;
    overBudget += 1;
    return { state: 'none', reason: 'limits.budget' };
  }

  function addSide(
    side: 'referrer' | 'friend',
    reward: ReferralReward | undefined,
    referral: EarningReferral,
    standing: readonly StandingRow[],
  ): void {
    const customerRef = side === 'referrer' ? referral.referrer_ref : referral.friend_ref;
    const rule = `rewards.${side}`;
    const key = `${contest.slug}/${rule}/${referral.source}:${referral.booking_reference}/${customerRef}`;
    const own = standing.filter((row) => row.side === side);
    const current = own.find((row) => row.idempotency_key === key);
    for (const other of own) {
      if (other !== current) add(toEarning(other, { state: 'none', reason: 'the booking changed' }), other);
    }
    if (reward === undefined && current === undefined) return;
    add(
      {
        key,
        customerRef,
        side,
        rule,
        referralId: referral.id,
        dueAt: referral.decided_at,
        claim: claimOf(reward, referral),
      },
      current,
    );
  }

  return {
    addReferral(referral, standing) {
      addSide('referrer', rewards.referrer, referral, standing);
      addSide('friend', rewards.friend, referral, standing);
    },
    addMilestones(counts, standing) {
      const byKey = new Map(standing.map((row) => [row.idempotency_key, row]));
      for (const milestone of rewards.milestones) {
        const rule = milestoneRule(milestone);
        const value = findRewardValue(milestone, undefined);
        for (const { customer_ref: customerRef } of counts.filter(({ count }) => count >= milestone.at)) {
          const key = `${contest.slug}/${rule}/${customerRef}`;
          const row = byKey.get(key);
          byKey.delete(key);
          const claim: Claim =
            value === undefined ? { state: 'none', reason: rule } : { state: 'granted', value };
          add({ key, customerRef, side: 'milestone', rule, referralId: null, dueAt: null, claim }, row);
        }
      }
      for (const row of byKey.values())
        add(toEarning(row, { state: 'none', reason: 'below the milestone' }), row);
    },
    addAwards(awards, standing) {
      const byKey = new Map(standing.map((row) => [row.idempotency_key, row]));
      for (const { customerRef, rule, side, reward } of awards) {
        const value = findRewardValue(reward, undefined);
        const key = `${contest.slug}/${rule}/${customerRef}`;
        const row = byKey.get(key);
        byKey.delete(key);
        if (value === undefined) continue;
        compare(
          {
            key,
            customerRef,
            side,
            rule,
            referralId: null,
            dueAt: contest.finalized_at,
            claim: { state: 'granted', value },
          },
          row,
        );
      }
      for (const row of byKey.values())
        compare(toEarning(row, { state: 'none', reason: 'won by another' }), row);
    },
    take() {
      const planned = { changes, unchanged, overBudget };
      changes = [];
      unchanged = 0;
      overBudget = 0;
      return planned;
    },
  };
}

function claimOf(reward: ReferralReward | undefined, referral: EarningReferral): Claim {
  if (referral.status === 'pending' || referral.status === 'held') return { state: 'suspended' };
  if (referral.status !== 'approved')
    return { state: 'none', reason: `${referral.status}: ${referral.reason}` };
  const value: RewardValue | undefined = reward === undefined ? undefined : findRewardValue(reward, referral);
  return value === undefined ? { state: 'none', reason: 'worth nothing' } : { state: 'granted', value };
}

function toEarning(row: StandingRow, claim: Claim): Earning {
  return {
    key: row.idempotency_key,
    customerRef: row.customer_ref,
    side: row.side,
    rule: row.rule,
    referralId: row.referral_id,
    dueAt: row.due_at,
    claim,
  };
}

/** What rewards that are granted now have in common; badges never expire. */
interface Grant {
  readonly at: Instant;
  readonly expiresAt: Instant | null;
}

function planChange(
  contest: Contest,
  { key, customerRef, side, rule, referralId, dueAt, claim }: Earning,
  standing: StandingRow | undefined,
  grant: Grant,
): RewardChange | undefined {
  const before = standing === undefined ? undefined : toValue(standing);
  const movements = reconcileReward(
    standing === undefined || before === undefined
      ? undefined
      : { status: standing.status, ...before, is_revoked: standing.is_revoked === 1 },
    claim,
  );
  const status = statusAfter(movements);
  const value = claim.state === 'granted' ? claim.value : before;
  if (status === undefined || value === undefined) return undefined;
  return {
    idempotency_key: key,
    reward_id: standing?.id,
    contest_id: contest.id,
    customer_ref: customerRef,
    side,
    rule,
    referral_id: referralId,
    value,
    status,
    due_at: standing === undefined ? (dueAt ?? grant.at) : standing.due_at,
    expires_at:
      standing === undefined ? (value.type === 'badge' ? null : grant.expiresAt) : standing.expires_at,
    movements,
  };
}

/** When a reward that is granted now and that nobody claims expires; those of contests without expiry never do. */
export function expiryOf(contest: Contest, now: Instant): Instant | null {
  const days = contest.rules.rewards.expire_days;
  return days === 0 ? null : addMilliseconds(now, days * DAY_MS);
}
