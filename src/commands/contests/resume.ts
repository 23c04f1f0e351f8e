import { z } from 'zod';
import { changeContestStatus } from '../../core/contests/change-contest-status.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'contests resume',
  summary: 'Let a paused contest go on',
  description: 'Makes a paused contest active again; one that is active already is left as it is.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  examples: [
    {
      line: 'referral contests resume summer-referral',
      explains: 'go on; an active contest is left as it is',
    },
    { line: 'referral contests resume summer-referral --dry-run', explains: 'would it be possible?' },
    { line: 'referral contests resume summer-referral --json', explains: 'the new status for a script' },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ slug: z.string() }),
  async run(context, { slug }) {
    return context.usingRun(async (database, run) => {
      const data = await database.transaction(
        (trx) => changeContestStatus(trx, { clock: context.clock, run }, slug, 'resume'),
        { rollback: context.globals.dryRun },
      );
      return { kind: 'object', data: { ...data, dry_run: context.globals.dryRun } };
    });
  },
});
