import { appendAudit } from '../audit/append-audit.ts';
import { advanceReferrals } from '../conversions/advance-referrals.ts';
import type { Queries } from '../database/database.ts';
import type { FinalStandingsTable } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import type { Entry } from '../leaderboard/rank-participants.ts';
import { computeContest, type RewardingDependencies } from '../rewards/compute-rewards.ts';
import type { Instant } from '../time.ts';
import { moveContest } from './change-contest-status.ts';
import { transitionContest } from './contest-transition.ts';
import { drawWinners } from './draw-winners.ts';
import { collectResults, hashResults, type Winner } from './final-results.ts';
import {
  countOpenReferrals,
  insertFinalStandings,
  listOpenReferrals,
  type OpenReferral,
  type OpenReferrals,
} from './final-standings-queries.ts';
import { type Contest, getContest } from './get-contest.ts';

/** Open referrals that are told one by one. */
const MOST_OPEN = 100;

export interface FinalizedContest {
  readonly contest: string;
  readonly status: 'finalized';
  readonly finalized_at: Instant;
  /** The digest of the frozen leaderboard. */
  readonly digest: string;
  readonly entries: number;
  readonly qualified: number;
  readonly prizes: readonly Winner[];
  readonly drawing: readonly Winner[];
  /** What the drawing was made from, and the hash of it that was published at the launch. */
  readonly seed: string | null;
  readonly seed_sha256: string | null;
  /** Referrals that are not decided and did not count. */
  readonly open: Pick<OpenReferrals, 'pending' | 'held'>;
  /** The first hundred of them, in booking order. */
  readonly open_referrals: readonly OpenReferral[];
  /** The hash of the results; see `getFinalResults`. */
  readonly results_sha256: string;
  readonly rewards_created: number;
  readonly changed: boolean;
}

/**
 * Freezes the ranking of an ended contest, draws the winners from the seed of its launch and awards the prizes. Throws
 * `state_forbids` while referrals are held that time alone will free, unless `leaveOpen`. A contest that is finalized
 * already is left as it is. Run it in a transaction.
 */
export async function finalizeContest(
  queries: Queries,
  dependencies: RewardingDependencies,
  slug: string,
  { leaveOpen }: { readonly leaveOpen: boolean },
): Promise<FinalizedContest> {
  const { clock, run } = dependencies;
  const contest = await getContest(queries, slug);
  const now = clock.now();
  if (transitionContest(contest, 'finalize') === undefined) return describe(queries, contest, 0, false);
  await advanceReferrals(queries, contest, now, dependencies);
  const open = await countOpenReferrals(queries, contest.id);
  if (open.waiting > 0 && !leaveOpen) {
    throw stillHeld(contest, open, await listOpenReferrals(queries, contest.id, MOST_OPEN));
  }
  const { digest, entries } = await computeLeaderboard(queries, contest, { now });
  await insertFinalStandings(queries, freeze(contest, entries));
  await moveContest(queries, contest, 'finalized', { finalized_at: now, final_digest: digest });
  const finalized = await getContest(queries, slug);
  const rewards = await computeContest(queries, finalized, dependencies);
  const result = await describe(queries, finalized, rewards.created, true);
  await appendAudit(queries, clock, run, {
    action: 'contest.finalized',
    subject: slug,
    details: {
      ...{ digest, entries: entries.length, qualified: result.qualified, open: result.open },
      ...{ prizes: result.prizes.length, drawn: result.drawing.length, seed: result.seed },
      results_sha256: result.results_sha256,
    },
  });
  return result;
}

/** The rows of the frozen leaderboard, with who wins what. */
function freeze(contest: Contest, entries: readonly Entry[]): FinalStandingsTable[] {
  const qualified = entries.filter((entry) => entry.qualified).map((entry) => entry.customer_id);
  const prizes = new Set(contest.rules.rewards.prizes.map((prize) => prize.position));
  const places = new Map(qualified.map((customerId, index) => [customerId, index + 1]));
  const drawn = new Map(draw(contest, qualified).map((customerId, index) => [customerId, index + 1]));
  return entries.map((entry) => {
    const place = places.get(entry.customer_id);
    return {
      contest_id: contest.id,
      position: entry.position,
      customer_ref: entry.customer_ref,
      points: entry.points,
      referrals: entry.referrals,
      counted: entry.counted,
      distinct_groups: entry.groups,
      qualified: entry.qualified ? 1 : 0,
      reached_at: entry.reached_at,
      prize_position: place !== undefined && prizes.has(place) ? place : null,
      drawn: drawn.get(entry.customer_id) ?? null,
    };
  });
}

function draw({ slug, seed, rules }: Contest, candidates: readonly string[]): string[] {
  const { drawing } = rules.rewards;
  if (drawing === undefined || seed === null) return [];
  return drawWinners(seed, slug, candidates, drawing.winners);
}

async function describe(
  queries: Queries,
  contest: Contest,
  rewardsCreated: number,
  changed: boolean,
): Promise<FinalizedContest> {
  const { entries, digest: _computed, ...rest } = await collectResults(queries, contest);
  const results = { ...rest, digest: contest.final_digest ?? '' };
  const { finalized_at, digest, qualified, prizes, drawing, seed, seed_sha256, open } = results;
  return {
    ...{ contest: contest.slug, status: 'finalized', finalized_at, digest },
    ...{ entries: entries.length, qualified, prizes, drawing, seed, seed_sha256, open },
    open_referrals: await listOpenReferrals(queries, contest.id, MOST_OPEN),
    results_sha256: hashResults(results),
    rewards_created: rewardsCreated,
    changed,
  };
}

function stillHeld(
  { slug }: Contest,
  open: OpenReferrals,
  open_referrals: readonly OpenReferral[],
): ReferralError {
  return new ReferralError(
    'state_forbids',
    `Contest "${slug}" has ${open.waiting} referrals whose hold is not over`,
    {
      reason: `The last hold ends at ${open.until}. Until then ${open.pending} are pending and ${open.held} held.`,
      hint: `Wait, decide them (referral conversions list --contest ${slug} --where "status = held"), or add --leave-open to finalize without them.`,
      details: { contest: slug, ...open, open_referrals },
    },
  );
}
