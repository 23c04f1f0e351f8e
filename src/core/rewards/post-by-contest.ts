import type { Queries } from '../database/database.ts';
import { type PostOptions, postChanges } from './post-changes.ts';
import type { RewardChange } from './reward.ts';
import { listContestSlugs } from './reward-queries.ts';

/** As `postChanges`, for changes of several contests. */
export async function postByContest(
  queries: Queries,
  changes: readonly RewardChange[],
  options: Omit<PostOptions, 'contest'>,
): Promise<void> {
  const groups = Map.groupBy(changes, (change) => change.contest_id);
  const slugs = await listContestSlugs(queries, [...groups.keys()]);
  for (const [contestId, group] of groups) {
    await postChanges(queries, group, { ...options, contest: slugs.get(contestId) ?? '' });
  }
}
