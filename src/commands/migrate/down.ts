import { z } from 'zod';
import { appendAudit } from '../../core/audit/append-audit.ts';
import { undoMigrations } from '../../core/database/migrate-database.ts';
import { findMigrationStatus } from '../../core/database/migration-status.ts';
import { planUndo } from '../../core/database/plan-undo.ts';
import { programVersion } from '../../core/package.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'migrate down',
  summary: 'Undo migrations, with the rows of their tables',
  description:
    'Undoes the newest migration, or with --to every migration after the one named (`none`: all of them), in one transaction. The rows of the tables that go are lost, so it asks, and without a terminal needs --confirm with the name of the database. Make a backup first.',
  options: [{ flags: '--to <name>', description: 'the migration to keep as the newest, or none' }],
  examples: [
    { line: 'referral migrate down --confirm referral.db', explains: 'undo the newest migration' },
    { line: 'referral migrate down --to 0004-campaigns --dry-run', explains: 'what would be undone' },
    { line: 'referral migrate down --to none --confirm referral.db', explains: 'drop every table' },
  ],
  exitCodes: [5, 10, 11, 16],
  changes: true,
  input: z.object({ to: z.string().min(1).optional() }),
  async run(context, { to }) {
    const { clock, random } = context;
    const operator = await context.operator();
    return context.usingUnmigratedDatabase(async (database) => {
      const undone = planUndo((await findMigrationStatus(database.queries)).applied, to);
      if (undone.length > 0) {
        await context.confirm({
          question: `Undo ${undone.join(', ')} on ${database.name}, with every row of their tables?`,
          name: database.name,
          irreversible: true,
        });
      }
      const result = await undoMigrations(database, to, {
        clock,
        random,
        programVersion: programVersion(),
        dryRun: context.globals.dryRun,
        record: (transaction, names) =>
          appendAudit(
            transaction,
            clock,
            { id: null, operator },
            {
              action: 'database.migrations_undone',
              subject: names.at(-1) ?? '',
              details: { undone: names },
            },
          ),
      });
      return { kind: 'object', data: { ...result, undone, dry_run: context.globals.dryRun } };
    });
  },
});
