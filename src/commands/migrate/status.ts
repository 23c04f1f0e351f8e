import { z } from 'zod';
import {
  compareMigrations,
  findMigrationStatus,
  type MigrationStatus,
} from '../../core/database/migration-status.ts';
import { MIGRATIONS } from '../../core/database/migrations-list.ts';
import { ReferralError } from '../../core/errors.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'migrate status',
  summary: 'Show which migrations the database has and lacks',
  description:
    'Reads the database and changes nothing. `unknown` names migrations of a newer version of this program. Ends with 0 whatever it finds; with --exit-code it ends with 6 when a migration is pending or unknown.',
  options: [{ flags: '--exit-code', description: 'end with 6 when a migration is pending or unknown' }],
  examples: [
    { line: 'referral migrate status', explains: 'what is applied and what is pending' },
    { line: 'referral migrate status --exit-code', explains: 'for a script: 0 up to date, 6 not' },
    { line: 'referral migrate status --json', explains: 'the same as JSON' },
  ],
  exitCodes: [6, 10],
  changes: false,
  input: z.object({ exitCode: z.boolean().default(false) }),
  async run(context, { exitCode }) {
    const status = await context
      .usingUnmigratedDatabase((database) => findMigrationStatus(database.queries))
      .catch(nothingApplied);
    const behind = status.pending.length > 0 || status.unknown.length > 0;
    return {
      kind: 'object',
      data: status,
      exitCode: exitCode && behind ? 6 : 0,
      next: status.pending.length > 0 ? ['referral migrate'] : [],
    };
  },
});

// A SQLite file that is not there yet is an empty database.
function nothingApplied(error: unknown): MigrationStatus {
  if (!(error instanceof ReferralError) || error.code !== 'database_not_migrated') throw error;
  return compareMigrations([], MIGRATIONS);
}
