import { type Contest, getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import { listStandings } from '../leaderboard/list-standings.ts';
import type { Period } from '../period.ts';
import type { Instant } from '../time.ts';
import { listRunningContests } from './contest-queries.ts';
import type { Kept } from './kept.ts';
import { personName } from './person-name.ts';
import type { Standing } from './report.ts';

const TOP = 10;

/**
 * The top of the leaderboard, people by first name and initial. A report on everything shows the board of the only
 * contest that there is, and none when there are several. Of a period other than a week or month, the whole board.
 */
export async function topStandings(
  queries: Queries,
  contest: Contest | undefined,
  at: {
    readonly asOf: Instant | undefined;
    readonly now: Instant;
    readonly period: Period;
    readonly kept: Kept;
  },
  top = TOP,
): Promise<Standing[]> {
  const subject = contest ?? (await findOnlyContest(queries));
  if (subject === undefined) return [];
  const { now, asOf, period } = at;
  const span = period.name === 'week' || period.name === 'month' ? period.name : 'all';
  const [end] = [asOf ?? now, subject.ends_at].sort();
  // What "this week" is changes with the time, and so does an as-of time; the whole board does not.
  const key = [
    'standings 1',
    subject.id,
    subject.rules_sha256,
    subject.status,
    subject.timezone,
    asOf ?? null,
    top,
  ];
  return at.kept.value(
    queries,
    ['referrals', 'bookings', 'customers', 'codes', 'contests'],
    JSON.stringify([...key, span, span === 'all' ? null : end]),
    () => listTop(queries, subject, { now, asOf, period: span }, top),
  );
}

async function listTop(
  queries: Queries,
  contest: Contest,
  at: Parameters<typeof computeLeaderboard>[2],
  top: number,
): Promise<Standing[]> {
  const { entries } = await computeLeaderboard(queries, contest, at);
  const standings: Standing[] = [];
  for await (const entry of listStandings(queries, contest.id, entries.slice(0, top))) {
    standings.push({
      position: entry.position,
      customer_id: entry.customer_id,
      name: personName(entry.first_name, entry.last_name),
      points: entry.points,
      referrals: entry.referrals,
      counted: entry.counted,
      qualified: entry.qualified,
    });
  }
  return standings;
}

async function findOnlyContest(queries: Queries): Promise<Contest | undefined> {
  const [slug, ...others] = await listRunningContests(queries);
  return slug === undefined || others.length > 0 ? undefined : getContest(queries, slug);
}
