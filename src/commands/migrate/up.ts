import { z } from 'zod';
import { appendAudit } from '../../core/audit/append-audit.ts';
import type { Database } from '../../core/database/database.ts';
import { type MigrateResult, migrateDatabase } from '../../core/database/migrate-database.ts';
import { MIGRATIONS } from '../../core/database/migrations-list.ts';
import { ReferralError } from '../../core/errors.ts';
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
    const { clock, random, globals } = context;
    const operator = await context.operator();
    const work = (database: Database): Promise<MigrateResult> =>
      migrateDatabase(database, {
        clock,
        random,
        programVersion: programVersion(),
        dryRun: globals.dryRun,
        record: (transaction, applied) =>
          appendAudit(
            transaction,
            clock,
            { id: null, operator },
            { action: 'database.migrated', subject: applied.at(-1) ?? '', details: { applied } },
          ),
      });
    const result = globals.dryRun
      ? await context.usingUnmigratedDatabase(work).catch(everythingApplied)
      : await context.usingUnmigratedDatabase(work, { create: true });
    const next = ['referral customers import customers.csv', 'referral quickstart --dir demo'];
    return { kind: 'object', data: { ...result, dry_run: globals.dryRun }, next };
  },
});

// A dry run makes no SQLite file; in an empty one every migration would be applied.
function everythingApplied(error: unknown): MigrateResult {
  if (!(error instanceof ReferralError) || error.code !== 'database_not_migrated') throw error;
  const applied = MIGRATIONS.map(({ name }) => name);
  return { applied, pending: [], version: applied.at(-1) ?? null };
}
