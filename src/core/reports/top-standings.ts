import { type Contest, getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import { listStandings } from '../leaderboard/list-standings.ts';
import type { Period } from '../period.ts';
import type { Instant } from '../time.ts';
import { listRunningContests } from './contest-queries.ts';
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
  at: { readonly asOf: Instant | undefined; readonly now: Instant; readonly period: Period },
): Promise<Standing[]> {
  const subject = contest ?? (await findOnlyContest(queries));
  if (subject === undefined) return [];
  const { entries } = await computeLeaderboard(queries, subject, {
    now: at.now,
    asOf: at.asOf,
    period: at.period.name === 'week' || at.period.name === 'month' ? at.period.name : 'all',
  });
  const standings: Standing[] = [];
  for await (const entry of listStandings(queries, subject.id, entries.slice(0, TOP))) {
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
