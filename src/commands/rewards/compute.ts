import { z } from 'zod';
import { computeRewards } from '../../core/rewards/compute-rewards.ts';
import { showDecided } from '../_conversions/show-decided.ts';
import { showRewarded } from '../_rewards/show-rewarded.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'rewards compute',
  summary: 'Book what approved referrals have earned',
  description:
    'Brings the ledger to what approved referrals, milestones and final positions earn by the rules: new rewards are granted, those whose booking was cancelled or refunded are reversed, a percentage follows a partial refund. Referrals whose hold is over are approved first. Run again, it changes nothing. totals is what stands afterwards. See docs/rewards.md.',
  options: [{ flags: '--contest <slug>', description: 'this contest', defaultText: 'all' }],
  examples: [
    { line: 'referral rewards compute --contest summer-referral', explains: 'one contest' },
    {
      line: 'referral rewards compute --dry-run --json',
      explains: 'what would be granted and reversed in all',
    },
    {
      line: 'referral rewards compute && referral rewards verify',
      explains: 'compute, then prove the ledger',
    },
  ],
  exitCodes: [5, 10, 11, 17],
  changes: true,
  input: z.object({ contest: z.string().optional() }),
  async run(context, { contest }) {
    const { clock, globals } = context;
    return context.usingRun(
      async (database, run) => {
        const data = await showDecided(context, (deciding) =>
          showRewarded(context, (rewarding) =>
            computeRewards(
              { database, clock, run, ...deciding, ...rewarding },
              { contest, dryRun: globals.dryRun },
            ),
          ),
        );
        if (data.over_budget > 0) {
          context.warn(`${data.over_budget} rewards were earned but not granted: limits.budget is used up.`);
        }
        return {
          kind: 'object',
          data,
          next: ['referral rewards list', 'referral rewards pay -o payouts.csv --dry-run'],
        };
      },
      { lock: 'rewards' },
    );
  },
});
