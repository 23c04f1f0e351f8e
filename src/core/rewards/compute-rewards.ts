import { appendAudit } from '../audit/append-audit.ts';
import { type Contest, getContest } from '../contests/get-contest.ts';
import { advanceReferrals } from '../conversions/advance-referrals.ts';
import type { DecidingDependencies } from '../conversions/evaluate-referrals.ts';
import type { Database, Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { allowMemory } from '../database/work-memory.ts';
import { ReferralError } from '../errors.ts';
import { formatMinorUnits } from '../money.ts';
import { tellProgress } from '../progress.ts';
import { suspendRewardIndexes } from './first-reward-queries.ts';
import { grantFirstRewards, isUnrewarded } from './grant-first-rewards.ts';
import { expiryOf, planOtherRewards, planStaleRewards } from './plan-contest-rewards.ts';
import { postChanges } from './post-changes.ts';
import type { RewardChange } from './reward.ts';
import { listRewardedContests, listStandingTotals } from './reward-queries.ts';

/** Changes that are written by one statement. */
const CHUNK = 5_000;

/** Hears of how many more rewards were looked at. */
export type OnRewarded = (rewards: number) => void;

/** What work needs that brings the rewards of contests up to date. */
export interface RewardingDependencies extends DecidingDependencies {
  readonly onRewarded?: OnRewarded | undefined;
}

export interface ComputeDependencies extends RewardingDependencies {
  readonly database: Database;
}

export interface ComputeResult {
  /** Rewards that are new, or stand again. */
  readonly created: number;
  readonly reversed: number;
  readonly unchanged: number;
  /** Changed their value with the booking, or were kept back or released with their referral. */
  readonly changed: number;
  /** Earned, but the budget of the contest is used up. */
  readonly over_budget: number;
  /** Referrals whose hold was over. */
  readonly approved: number;
  /** What stands afterwards, by currency. */
  readonly totals: Readonly<Record<string, string>>;
  readonly free_days: number;
  readonly points: number;
  readonly badges: number;
  readonly dry_run: boolean;
}

/**
 * Brings the ledger of one contest, or of all, to what approved referrals and milestones earn by the rules. Run twice, the second
 * run changes nothing. Throws `not_found`, and `state_forbids` for a contest that is a draft or cancelled.
 */
export async function computeRewards(
  { database, ...dependencies }: ComputeDependencies,
  { contest: slug, dryRun }: { readonly contest: string | undefined; readonly dryRun: boolean },
): Promise<ComputeResult> {
  const slugs = slug === undefined ? await listRewardedContests(database.queries) : [slug];
  return database.transaction(
    async (queries) => {
      const counts = { created: 0, reversed: 0, unchanged: 0, changed: 0, over_budget: 0, approved: 0 };
      let contestId: number | undefined;
      for (const name of slugs) {
        const contest = await getContest(queries, name);
        if (slug !== undefined) contestId = contest.id;
        const part = await computeContest(queries, contest, dependencies);
        for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += part[key];
      }
      return { ...counts, ...(await describeTotals(queries, contestId)), dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}

type Counts = Pick<
  ComputeResult,
  'created' | 'reversed' | 'unchanged' | 'changed' | 'over_budget' | 'approved'
>;

/** The same for one contest, within a transaction of the caller. */
export async function computeContest(
  queries: Queries,
  contest: Contest,
  { clock, run, onDecided, onRewarded }: RewardingDependencies,
): Promise<Counts> {
  assertRewardable(contest);
  const now = clock.now();
  const counts = { created: 0, reversed: 0, unchanged: 0, changed: 0, over_budget: 0, approved: 0 };
  if (contest.status !== 'finalized')
    counts.approved = await advanceReferrals(queries, contest, now, { onDecided });
  await allowMemory(queries);
  const isFirst = await isUnrewarded(queries, contest);
  if (isFirst) {
    const resumeIndexes = await suspendRewardIndexes(queries, contest.id);
    const isLedgerNew = resumeIndexes !== undefined;
    const grant = { now, expiresAt: expiryOf(contest, now), runId: run.id, isLedgerNew };
    for await (const created of grantFirstRewards(queries, contest, grant)) {
      counts.created += created;
      await tellProgress(onRewarded, created);
    }
    await resumeIndexes?.();
  }
  const plans = isFirst ? planOtherRewards : planStaleRewards;
  for await (const { changes, unchanged, overBudget } of plans(queries, contest, now)) {
    for (const some of chunksOf(changes, CHUNK)) {
      await postChanges(queries, some, { run, now, contest: contest.slug });
    }
    for (const change of changes) counts[outcomeOf(change)] += 1;
    counts.unchanged += unchanged;
    counts.over_budget += overBudget;
    await tellProgress(onRewarded, changes.length + unchanged + overBudget);
  }
  if (counts.created + counts.reversed + counts.changed + counts.approved > 0) {
    await appendAudit(queries, clock, run, {
      action: 'rewards.computed',
      subject: contest.slug,
      details: counts,
    });
  }
  return counts;
}

function outcomeOf({ movements }: RewardChange): 'created' | 'reversed' | 'changed' {
  if (movements.some(({ kind }) => kind === 'grant' || kind === 'restore')) return 'created';
  return movements.some(({ kind }) => kind === 'reverse') ? 'reversed' : 'changed';
}

function assertRewardable({ slug, status }: Contest): void {
  if (status !== 'draft' && status !== 'cancelled') return;
  throw new ReferralError('state_forbids', `The contest "${slug}" is ${status}: it earns nobody anything`, {
    hint:
      status === 'draft'
        ? `Launch it first: referral contests launch ${slug}`
        : 'See: referral contests list',
    details: { contest: slug, status },
  });
}

async function describeTotals(
  queries: Queries,
  contestId: number | undefined,
): Promise<Pick<ComputeResult, 'totals' | 'free_days' | 'points' | 'badges'>> {
  const amounts = new Map<string, number>();
  const other = { free_days: 0, points: 0, badges: 0 };
  for (const row of await listStandingTotals(queries, contestId)) {
    if (row.currency !== null) {
      amounts.set(row.currency, (amounts.get(row.currency) ?? 0) + (row.amount_minor ?? 0));
    }
    other.free_days += row.days ?? 0;
    other.points += row.points ?? 0;
    if (row.type === 'badge') other.badges += row.count;
  }
  const totals = Object.fromEntries(
    [...amounts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, minor]) => [currency, formatMinorUnits(minor, currency)]),
  );
  return { totals, ...other };
}
