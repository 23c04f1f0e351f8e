import { z } from 'zod';
import { changeContestStatus } from '../../core/contests/change-contest-status.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'contests end',
  summary: 'End a contest',
  description:
    'Nobody is enrolled any more and nothing new is promised. Bookings made inside the window are still taken in, so that stays which are completed later count; when all are decided, `contests finalize` freezes the ranking.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  examples: [
    { line: 'referral contests end summer-referral', explains: 'end it; run again, it changes nothing' },
    { line: 'referral contests end summer-referral --dry-run', explains: 'would it be possible?' },
    { line: 'referral contests end summer-referral --json', explains: 'the new status for a script' },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ slug: z.string() }),
  async run(context, { slug }) {
    return context.usingRun(async (database, run) => {
      const data = await database.transaction(
        (trx) => changeContestStatus(trx, { clock: context.clock, run }, slug, 'end'),
        { rollback: context.globals.dryRun },
      );
      return { kind: 'object', data: { ...data, dry_run: context.globals.dryRun } };
    });
  },
});
