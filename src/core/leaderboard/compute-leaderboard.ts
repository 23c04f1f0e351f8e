import type { Contest } from '../contests/get-contest.ts';
import type { Rules } from '../contests/rules.ts';
import type { Queries } from '../database/database.ts';
import { type Instant, toInstant } from '../time.ts';
import { listAggregates } from './aggregate-queries.ts';
import { leaderboardDigest } from './leaderboard-digest.ts';
import { listFinalEntries, type ReferralRow, streamReferrals } from './leaderboard-queries.ts';
import { type Period, type PeriodWindow, periodWindow } from './period-window.ts';
import { type Entry, rankParticipants, type ScoredParticipant } from './rank-participants.ts';
import type { ReferralSelection } from './referral-selection-queries.ts';
import { applyTier, groupAttribute, isQualified, scoreParticipant } from './score-participant.ts';

export interface LeaderboardOptions {
  /** The board as it stood then; without it, everything known. */
  readonly asOf?: Instant | undefined;
  readonly period?: Period | undefined;
  /** Lies in the month or week of `period`; `asOf`, else now. */
  readonly periodAt?: Instant | undefined;
  readonly now: Instant;
}

export interface Leaderboard {
  readonly contest: string;
  readonly as_of: Instant;
  readonly period: Period;
  /** SHA-256 over the whole board; see `leaderboardDigest`. */
  readonly digest: string;
  /** Everyone with at least one approved referral, in order. */
  readonly entries: readonly Entry[];
}

type RankedContest = Pick<
  Contest,
  'id' | 'slug' | 'status' | 'rules' | 'rules_sha256' | 'timezone' | 'ends_at'
>;

/**
 * The leaderboard of a contest: every participant with an approved referral, scored and ranked. The same data gives the
 * same entries and the same digest on both engines. A finalized contest shows the board that was frozen. A month or week
 * is the one of `asOf`, else of now, else (when the contest is over) the last one of the contest.
 */
export async function computeLeaderboard(
  queries: Queries,
  contest: RankedContest,
  options: LeaderboardOptions,
): Promise<Leaderboard> {
  const { asOf, period = 'all', now } = options;
  const isFrozen = contest.status === 'finalized' && asOf === undefined && period === 'all';
  const entries = isFrozen
    ? await listFinalEntries(queries, contest.id)
    : await rankReferrals(queries, contest, options);
  const digest = leaderboardDigest(contest.slug, contest.rules_sha256, entries);
  return { contest: contest.slug, as_of: asOf ?? now, period, digest, entries };
}

async function rankReferrals(
  queries: Queries,
  contest: RankedContest,
  { asOf, period = 'all', now, periodAt = asOf ?? now }: LeaderboardOptions,
): Promise<Entry[]> {
  const { rules } = contest;
  const window = period === 'all' ? undefined : windowOf(contest, period, periodAt);
  const selection: ReferralSelection = {
    contestId: contest.id,
    from: window?.from,
    until: window?.until,
    asOf,
    statuses: rules.eligibility.statuses,
  };
  return rankParticipants(
    canAddUp(rules)
      ? await addUpParticipants(queries, selection, rules)
      : await scoreParticipants(queries, selection, rules),
  );
}

/**
 * Can the database add up the points? Not where a tier takes some of them away: then rounding decides which referral
 * brought the final points, and they must be gone through one by one.
 */
export function canAddUp({ scoring }: Pick<Rules, 'scoring'>): boolean {
  return Object.values(scoring.tier_percent).every((percent) => percent >= 100);
}

/** Scores added up by the database: the fast way. */
export async function addUpParticipants(
  queries: Queries,
  selection: ReferralSelection,
  rules: Pick<Rules, 'qualify' | 'scoring'>,
): Promise<ScoredParticipant[]> {
  const rows = await listAggregates(queries, selection, rules);
  return rows.map(({ customer_ref, customer_id, tier, referrals, counted, groups, sum, reached_at }) => {
    const points = applyTier(sum, tier, rules);
    const qualified = isQualified(points, groups, rules);
    return { customer_ref, customer_id, points, referrals, counted, groups, qualified, reached_at };
  });
}

/** Scores referral by referral: what the fast way must agree with. */
export async function scoreParticipants(
  queries: Queries,
  selection: ReferralSelection,
  rules: Pick<Rules, 'qualify' | 'scoring'>,
): Promise<ScoredParticipant[]> {
  const attributes = {
    capAttribute: rules.scoring.cap_per_group?.attribute,
    groupAttribute: groupAttribute(rules),
  };
  const participants: ScoredParticipant[] = [];
  const finish = (group: readonly ReferralRow[]): void => {
    const [first] = group;
    if (first === undefined) return;
    const score = scoreParticipant(group, first.tier, rules);
    participants.push({ customer_ref: first.referrer_ref, customer_id: first.customer_id, ...score });
  };
  let group: ReferralRow[] = [];
  for await (const row of streamReferrals(queries, selection, attributes)) {
    if (group[0] !== undefined && group[0].referrer_ref !== row.referrer_ref) {
      finish(group);
      group = [];
    }
    group.push(row);
  }
  finish(group);
  return participants;
}

function windowOf(
  contest: Pick<Contest, 'ends_at' | 'timezone'>,
  period: Exclude<Period, 'all'>,
  moment: Instant,
): PeriodWindow {
  const last = toInstant(Date.parse(contest.ends_at) - 1);
  return periodWindow(period, moment < last ? moment : last, contest.timezone);
}
