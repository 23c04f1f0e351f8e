import { z } from 'zod';
import { releaseClock } from '../../core/delivery/release-clock.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns release',
  summary: 'Let campaigns go on after the clock has jumped backwards',
  description:
    'Senders remember the latest time that they have seen. When the clock is more than a minute behind it, nothing is sent: daily caps and quiet hours would be counted by a wrong clock. Set the clock right, then take it for right with this command; what went wrong is in `referral doctor`. Nothing is mailed by it.',
  examples: [
    { line: 'referral campaigns release', explains: 'the clock is right again' },
    { line: 'referral campaigns release --dry-run', explains: 'has the clock jumped?' },
    { line: 'referral campaigns release --json', explains: 'the result as JSON' },
  ],
  exitCodes: [10],
  changes: true,
  input: z.object({}),
  async run(context) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const jump = await releaseClock({ database, clock, run, dryRun: globals.dryRun });
      return {
        kind: 'object',
        data: {
          released: jump !== undefined,
          clock_highest: jump?.highest ?? null,
          clock_seen: jump?.seen ?? null,
          dry_run: globals.dryRun,
        },
      };
    });
  },
});
