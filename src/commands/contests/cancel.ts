import { z } from 'zod';
import { changeContestStatus } from '../../core/contests/change-contest-status.ts';
import { summariseContest } from '../../core/contests/summarise-contest.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'contests cancel',
  summary: 'Cancel a contest for good',
  description:
    'Stops a contest before its final results. Codes, referrals and rewards stay on record; nothing more is enrolled, sent or ranked. It asks first; without a terminal it needs --yes, or --confirm SLUG where many people take part.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  examples: [
    {
      line: 'referral contests cancel summer-referral --confirm summer-referral',
      explains: 'cancel it, confirmed by name',
    },
    { line: 'referral contests cancel summer-referral --dry-run', explains: 'would it be possible?' },
    {
      line: 'referral contests cancel summer-referral',
      explains: 'without a terminal and without a confirmation nothing happens',
      exitCode: 16,
    },
  ],
  exitCodes: [5, 10, 16, 17],
  changes: true,
  input: z.object({ slug: z.string() }),
  async run(context, { slug }) {
    return context.usingRun(async (database, run) => {
      const dependencies = { clock: context.clock, run };
      // Existence and state are told before anybody is asked.
      const planned = await database.transaction(
        (trx) => changeContestStatus(trx, dependencies, slug, 'cancel'),
        { rollback: true },
      );
      if (!planned.changed || context.globals.dryRun) {
        return { kind: 'object', data: { ...planned, dry_run: context.globals.dryRun } };
      }
      const { participants } = await summariseContest(database.queries, slug);
      await context.confirm({
        question: `Cancel contest "${slug}" with ${participants} participants?`,
        name: slug,
        people: participants,
      });
      const data = await database.transaction((trx) =>
        changeContestStatus(trx, dependencies, slug, 'cancel'),
      );
      return { kind: 'object', data: { ...data, dry_run: false } };
    });
  },
});
