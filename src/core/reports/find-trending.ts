import type { Queries } from '../database/database.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { listBroughtByCampaign } from './program-queries.ts';
import type { TrendingCampaign } from './report.ts';
import type { ReportScope } from './report-scope-queries.ts';

const WEEK_MS = 7 * 86_400_000;
const MOST = 5;

/**
 * The campaigns whose recipients bring the most referrals now: those of the last seven days beside the seven before, largest
 * growth first. "Now" is the as-of time, or the end of the period or of the contest where that is earlier.
 */
export async function findTrending(
  queries: Queries,
  scope: ReportScope,
  endsAt: Instant | undefined,
): Promise<TrendingCampaign[]> {
  const ends = [scope.asOf ?? scope.now, scope.to, endsAt ?? null].filter((end) => end !== null);
  const end = ends.sort()[0] ?? scope.now;
  // What is booked at the as-of time counts.
  const to = addMilliseconds(end, end === (scope.asOf ?? scope.now) ? 1 : 0);
  const middle = addMilliseconds(to, -WEEK_MS);
  const start = addMilliseconds(middle, -WEEK_MS);
  const all = { ...scope, from: null, to: null };
  const counts = new Map<string, { recent: number; before: number }>();
  for (const [key, from, until] of [
    ['recent', middle, to],
    ['before', start, middle],
  ] as const) {
    for (const { campaign, referrals } of await listBroughtByCampaign(queries, all, { from, to: until })) {
      const count = counts.get(campaign) ?? { recent: 0, before: 0 };
      counts.set(campaign, count);
      count[key] += referrals;
    }
  }
  return [...counts]
    .map(([campaign, count]) => ({ campaign, ...count }))
    .filter(({ recent }) => recent > 0)
    .sort(
      (a, b) =>
        b.recent - b.before - (a.recent - a.before) ||
        b.recent - a.recent ||
        (a.campaign < b.campaign ? -1 : 1),
    )
    .slice(0, MOST);
}
