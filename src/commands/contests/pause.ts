import { z } from 'zod';
import { changeContestStatus } from '../../core/contests/change-contest-status.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'contests pause',
  summary: 'Pause a running contest',
  description:
    'A paused contest enrols nobody and its campaigns wait; bookings are still taken in, because they happened. `contests resume` undoes it.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  examples: [
    { line: 'referral contests pause summer-referral', explains: 'pause it; run again, it changes nothing' },
    { line: 'referral contests pause summer-referral --dry-run', explains: 'would it be possible?' },
    { line: 'referral contests pause summer-referral --json', explains: 'the new status for a script' },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ slug: z.string() }),
  async run(context, { slug }) {
    return context.usingRun(async (database, run) => {
      const data = await database.transaction(
        (trx) => changeContestStatus(trx, { clock: context.clock, run }, slug, 'pause'),
        { rollback: context.globals.dryRun },
      );
      return { kind: 'object', data: { ...data, dry_run: context.globals.dryRun } };
    });
  },
});
