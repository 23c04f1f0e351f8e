import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { type Instant, toInstant } from '../time.ts';
import { leaderboardDigest } from './leaderboard-digest.ts';
import {
  listFinalEntries,
  listPeople,
  type ReferralRow,
  type ReferralSelection,
  streamReferrals,
} from './leaderboard-queries.ts';
import { type Period, type PeriodWindow, periodWindow } from './period-window.ts';
import { type Entry, rankParticipants, type ScoredParticipant } from './rank-participants.ts';
import { groupAttribute, scoreParticipant } from './score-participant.ts';

export interface LeaderboardOptions {
  /** The board as it stood then; without it, everything known. */
  readonly asOf?: Instant | undefined;
  readonly period?: Period | undefined;
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

/**
 * The leaderboard of a contest: every participant with an approved referral, scored and ranked. The same data gives the
 * same entries and the same digest on both engines. A finalized contest shows the board that was frozen. A month or week is the one of `asOf`, else of now, else (when the
 * contest is over) the last one of the contest.
 */
export async function computeLeaderboard(
  queries: Queries,
  contest: Pick<Contest, 'id' | 'slug' | 'status' | 'rules' | 'rules_sha256' | 'timezone' | 'ends_at'>,
  { asOf, period = 'all', now }: LeaderboardOptions,
): Promise<Leaderboard> {
  const isFrozen = contest.status === 'finalized' && asOf === undefined && period === 'all';
  const entries = isFrozen
    ? await listFinalEntries(queries, contest.id)
    : rankParticipants(await scoreParticipants(queries, contest, { asOf, period, now }));
  const digest = leaderboardDigest(contest.slug, contest.rules_sha256, entries);
  return { contest: contest.slug, as_of: asOf ?? now, period, digest, entries };
}

async function scoreParticipants(
  queries: Queries,
  contest: Pick<Contest, 'id' | 'rules' | 'timezone' | 'ends_at'>,
  { asOf, period = 'all', now }: LeaderboardOptions,
): Promise<ScoredParticipant[]> {
  const { rules } = contest;
  const window = period === 'all' ? undefined : windowOf(contest, period, asOf ?? now);
  const people = await listPeople(queries, contest.id);
  const participants: ScoredParticipant[] = [];
  const selection: ReferralSelection = {
    contestId: contest.id,
    from: window?.from,
    until: window?.until,
    asOf,
    statuses: rules.eligibility.statuses,
    capAttribute: rules.scoring.cap_per_group?.attribute,
    groupAttribute: groupAttribute(rules),
  };
  for await (const [ref, referrals] of groupByParticipant(streamReferrals(queries, selection))) {
    const person = people.get(ref);
    if (person === undefined) continue;
    const score = scoreParticipant(referrals, person.tier, rules);
    participants.push({ customer_ref: ref, customer_id: person.customer_id, ...score });
  }
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

async function* groupByParticipant(
  rows: AsyncIterable<ReferralRow>,
): AsyncIterable<readonly [number, readonly ReferralRow[]]> {
  let group: ReferralRow[] = [];
  for await (const row of rows) {
    const [first] = group;
    if (first !== undefined && first.referrer_ref !== row.referrer_ref) {
      yield [first.referrer_ref, group];
      group = [];
    }
    group.push(row);
  }
  const [first] = group;
  if (first !== undefined) yield [first.referrer_ref, group];
}
