import { ReferralError } from '../errors.ts';
import type { Database } from './database.ts';
import { findMigrationStatus } from './migration-status.ts';

/** Throws `database_not_migrated` or `database_newer` unless the database is exactly as new as this program. */
export async function assertMigrated(database: Database): Promise<void> {
  const { applied, pending, unknown } = await findMigrationStatus(database.queries);
  if (unknown.length > 0) throw newerError(unknown);
  if (pending.length === 0) return;
  throw new ReferralError('database_not_migrated', `The database ${database.name} is not migrated`, {
    reason: applied.length === 0 ? 'it has no tables of this program yet' : `missing: ${pending.join(', ')}`,
    hint: 'Run: referral migrate',
    details: { pending },
  });
}

/** A database that a later version of the program has migrated. */
export function newerError(unknown: readonly string[]): ReferralError {
  return new ReferralError('database_newer', 'The database is newer than this program', {
    reason: `it has ${unknown.join(', ')}, which this version does not know`,
    hint: 'Install the version of referral that migrated it.',
    details: { unknown },
  });
}
