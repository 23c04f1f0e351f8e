import { z } from 'zod';
import { claimRewards } from '../../core/rewards/change-rewards.ts';
import {
  assertRewardsNamed,
  collectRewardIds,
  REWARD_ARGUMENTS,
  REWARD_OPTIONS,
  rewardSelection,
} from '../_rewards/collect-ids.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'rewards claim',
  summary: 'Record that customers claimed their rewards',
  description:
    'Marks available rewards as claimed. A claimed reward does not expire. Money is paid by rewards pay whether it was claimed or not; free days and points are handed out when they are claimed.',
  arguments: REWARD_ARGUMENTS,
  options: REWARD_OPTIONS,
  examples: [
    { line: 'referral rewards claim 1', explains: 'one reward' },
    {
      line: 'referral rewards claim --where "customer_id = C-0020" --where "status = available" --json',
      explains: 'all that one customer has',
    },
    { line: 'referral rewards claim 999999', explains: 'an id that does not exist ends with 5', exitCode: 5 },
  ],
  exitCodes: [3, 5, 10, 11, 14],
  changes: true,
  input: z.object(rewardSelection),
  async run(context, options) {
    assertRewardsNamed('rewards claim', options);
    const { clock, globals } = context;
    return context.usingRun(
      async (database, run) => {
        const ids = await collectRewardIds(context, database.queries, options);
        const data = await showInterruptible(context, 'claiming rewards', (onProgress) =>
          claimRewards({ database, clock, run, onProgress }, { ids, dryRun: globals.dryRun }),
        );
        return { kind: 'object', data, ...(data.refused.length > 0 ? { exitCode: 3 as const } : {}) };
      },
      { lock: 'rewards' },
    );
  },
});
