import { z } from 'zod';
import { reverseRewards } from '../../core/rewards/change-rewards.ts';
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
  name: 'rewards reverse',
  summary: 'Take rewards back by hand',
  description:
    'Takes rewards back for good: rewards compute does not grant them again. What was paid already stays with the customer as a negative balance and is deducted from the next payout. To take back all that follows from a referral, reverse the referral: conversions reverse.',
  arguments: REWARD_ARGUMENTS,
  options: [...REWARD_OPTIONS, { flags: '--reason <text>', description: 'kept in the ledger' }],
  examples: [
    { line: 'referral rewards reverse 1 --reason "granted by mistake"', explains: 'one reward' },
    {
      line: 'referral rewards reverse --where "customer_id = C-0020" --where "type = badge" --dry-run --json',
      explains: 'what would be taken back',
    },
    { line: 'referral rewards reverse', explains: 'without saying which it ends with 2', exitCode: 2 },
  ],
  exitCodes: [3, 5, 10, 11, 14],
  changes: true,
  input: z.object({ ...rewardSelection, reason: z.string().default('') }),
  async run(context, options) {
    assertRewardsNamed('rewards reverse', options);
    const { clock, globals } = context;
    return context.usingRun(
      async (database, run) => {
        const ids = await collectRewardIds(context, database.queries, options);
        const data = await showInterruptible(context, 'reversing rewards', (onProgress) =>
          reverseRewards(
            { database, clock, run, onProgress },
            { ids, reason: options.reason, dryRun: globals.dryRun },
          ),
        );
        return { kind: 'object', data, ...(data.refused.length > 0 ? { exitCode: 3 as const } : {}) };
      },
      { lock: 'rewards' },
    );
  },
});
