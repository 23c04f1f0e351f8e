import { z } from 'zod';
import { deleteProfile } from '../../core/customers/profiles.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'profiles delete',
  summary: 'Forget a saved mapping',
  description: 'Takes a profile away and prints what it was, so that it can be saved again.',
  arguments: [{ syntax: '<name>', description: 'the name it was saved under' }],
  examples: [
    {
      line: 'referral profiles save old --map "Mail=email" -q && referral profiles delete old',
      explains: 'save one, and take it away',
    },
    {
      line: 'referral profiles save old --map "Mail=email" -q && referral profiles delete old --dry-run',
      explains: 'look first',
    },
    { line: 'referral profiles delete nothing', explains: 'one that is not there', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: true,
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const { clock, globals } = context;
    const { dryRun } = globals;
    return context.usingRun(async (database, run) => {
      const deleted = await deleteProfile(database, { clock, run, dryRun }, name);
      return { kind: 'object', data: { ...deleted, dry_run: dryRun } };
    });
  },
});
