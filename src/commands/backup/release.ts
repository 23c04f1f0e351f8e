import { z } from 'zod';
import { releaseQuarantine } from '../../core/backup/release-quarantine.ts';
import { findQuarantine } from '../../core/settings/quarantine.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'backup release',
  summary: 'Let a restored database send and pay again',
  description:
    'After a restore nothing can be sent or paid, because what went out since the backup is not known to it. Look at that first: import the events of the provider, settle what is in doubt, cancel what was sent meanwhile. Then release it by its name.',
  examples: [
    { line: 'referral backup release --confirm referral.db', explains: 'by the name of the database' },
    { line: 'referral backup release --dry-run', explains: 'is it in quarantine, and since when?' },
    { line: 'referral backup release --confirm referral.db --json', explains: 'the result as JSON' },
  ],
  exitCodes: [10, 16],
  changes: true,
  input: z.object({}),
  async run(context) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      if ((await findQuarantine(database.queries)) !== undefined) {
        await context.confirm({
          question: `Let ${database.name} send and pay again?`,
          name: database.name,
          irreversible: true,
        });
      }
      const since = await releaseQuarantine({ database, clock, run, dryRun: globals.dryRun });
      const data = { database: database.name, released: since !== undefined, quarantined_at: since ?? null };
      return { kind: 'object', data: { ...data, dry_run: globals.dryRun } };
    });
  },
});
