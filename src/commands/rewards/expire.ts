import { z } from 'zod';
import { expireRewards } from '../../core/rewards/change-rewards.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'rewards expire',
  summary: 'Expire rewards that nobody claimed in time',
  description:
    'Expires available rewards older than rewards.expire_days of their contest. Badges never expire, and neither does what was claimed. Meant for cron: run again, it changes nothing.',
  options: [{ flags: '--contest <slug>', description: 'this contest', defaultText: 'all' }],
  examples: [
    { line: 'referral rewards expire', explains: 'everything that is over' },
    {
      line: 'referral rewards expire --contest summer-referral --dry-run',
      explains: 'how many would expire',
    },
    { line: 'referral rewards expire --skip-if-locked --json', explains: 'from cron' },
  ],
  exitCodes: [5, 10, 11],
  changes: true,
  input: z.object({ contest: z.string().optional() }),
  async run(context, { contest }) {
    const { clock, globals } = context;
    return context.usingRun(
      async (database, run) => ({
        kind: 'object',
        data: await showInterruptible(context, 'expiring rewards', (onProgress) =>
          expireRewards({ database, clock, run, onProgress }, { contest, dryRun: globals.dryRun }),
        ),
      }),
      { lock: 'rewards' },
    );
  },
});
