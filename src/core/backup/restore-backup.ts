import { usingDatabase } from '../database/open-database.ts';
import { parseDatabaseUrl } from '../database/parse-database-url.ts';
import { RESTORE_CHECKS } from './check-restored.ts';
import { countRows } from './create-backup.ts';
import type { RestoreOptions } from './restore-options.ts';
import { restorePostgres } from './restore-postgres.ts';
import { type Restored, restoreSqlite } from './restore-sqlite.ts';

export interface RestoredBackup extends Restored {
  readonly id: string;
  readonly tables: Readonly<Record<string, number>>;
  /** What was compared in the new database before it took its place. */
  readonly checks: readonly string[];
}

/**
 * Puts a checked archive in the place of a database. Killed at any moment it leaves the old or the new database,
 * complete. The new one is in quarantine, and keeps the suppressions, withdrawals and erasures of the old one.
 */
export async function restoreBackup(url: string, options: RestoreOptions): Promise<RestoredBackup> {
  const address = parseDatabaseUrl(url);
  const restored =
    address.engine === 'sqlite'
      ? await restoreSqlite(address, options)
      : await usingDatabase({ url, config: options.config, migrations: 'skip' }, (target) =>
          restorePostgres(target, url, options),
        );
  return { id: options.id, tables: countRows(options.manifest.tables), checks: RESTORE_CHECKS, ...restored };
}
