import { z } from 'zod';
import { dropKept, listKept } from '../../core/backup/drop-kept.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'backup commit',
  summary: 'Remove what a restore has kept of the database before',
  description:
    'A restore keeps the database that it replaces: a schema referral_before_… on PostgreSQL, a file NAME.before-restore-… beside the SQLite file. This removes all of them; there is no way back after it.',
  examples: [
    { line: 'referral backup commit --confirm referral.db', explains: 'by the name of the database' },
    { line: 'referral backup commit --dry-run', explains: 'what there is to remove' },
    { line: 'referral backup commit --confirm referral.db --json', explains: 'the result as JSON' },
  ],
  exitCodes: [10, 16],
  changes: true,
  input: z.object({}),
  async run(context) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const kept = await listKept(database);
      if (kept.length > 0) {
        await context.confirm({
          question: `Remove ${kept.join(', ')} for good?`,
          name: database.name,
          irreversible: true,
        });
      }
      const dropped = await dropKept({ database, clock, run, dryRun: globals.dryRun });
      return { kind: 'object', data: { database: database.name, dropped, dry_run: globals.dryRun } };
    });
  },
});
