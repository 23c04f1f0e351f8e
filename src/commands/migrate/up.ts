import { z } from 'zod';
import { appendAudit } from '../../core/audit/append-audit.ts';
import { migrateDatabase } from '../../core/database/migrate-database.ts';
import { programVersion } from '../../core/package.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'migrate up',
  summary: 'Create the database, or bring it up to date',
  description:
    'Applies every pending migration in one transaction, and creates the SQLite file when there is none. Killed half-way, or started twice at once, it leaves the old or the new schema, complete. `referral migrate` alone does the same. Refuses a database that a newer version has migrated, and one whose applied migrations were edited.',
  examples: [
    { line: 'referral migrate', explains: 'the database of the configuration' },
    { line: 'referral migrate --database sqlite:contest.db', explains: 'a new SQLite file' },
    {
      line: 'referral migrate up --dry-run --json',
      explains: 'what is pending, as JSON; nothing is changed',
    },
  ],
  exitCodes: [6, 10, 11],
  changes: true,
  input: z.object({}),
  async run(context) {
    const operator = await context.operator();
    const result = await context.usingUnmigratedDatabase(
      (database) =>
        migrateDatabase(database, {
          clock: context.clock,
          random: context.random,
          programVersion: programVersion(),
          dryRun: context.globals.dryRun,
          record: (transaction, applied) =>
            appendAudit(
              transaction,
              context.clock,
              { id: null, operator },
              {
                action: 'database.migrated',
                subject: applied.at(-1) ?? '',
                details: { applied },
              },
            ),
        }),
      { create: !context.globals.dryRun },
    );
    const next = ['referral quickstart', 'referral customers import customers.csv'];
    return { kind: 'object', data: { ...result, dry_run: context.globals.dryRun }, next };
  },
});
