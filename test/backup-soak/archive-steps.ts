import type { BackupStore } from '../../src/core/backup/backup-store.ts';
import { checkArchive } from '../../src/core/backup/check-archive.ts';
import { createBackup } from '../../src/core/backup/create-backup.ts';
import { findBackup, readManifest } from '../../src/core/backup/find-backup.ts';
import { type RestoredBackup, restoreBackup } from '../../src/core/backup/restore-backup.ts';
import { systemClock } from '../../src/core/clock.ts';
import { DEFAULT_DATABASE_CONFIG } from '../../src/core/database/database-config.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { systemRandom } from '../../src/core/random.ts';

/** The URL of a fresh database, and what removes it. */
export type CreateUrl = (
  engine: 'sqlite' | 'postgres',
  content: 'migrated' | 'empty',
) => Promise<{ readonly url: string; drop(): Promise<void> }>;

/** Backs a database up; the id of the backup. Tables with keys from `threadsFrom` on are read by several threads. */
export async function backUp(url: string, store: BackupStore, threadsFrom?: number): Promise<string> {
  const threads = threadsFrom === undefined ? {} : { opening: { url }, threadsFrom, threads: 2 };
  const { id } = await usingDatabase({ url }, (database) =>
    createBackup({ database, store, clock: systemClock, programVersion: '1.0.0', ...threads }),
  );
  return id;
}

/** What `backup restore` does: finds a backup, checks all of it, and only then restores. */
export async function restoreInto(url: string, id: string, store: BackupStore): Promise<RestoredBackup> {
  const found = await findBackup(id, store, '.', systemRandom);
  return restoreBackup(url, {
    id: found.id,
    ...(await checkArchive(found)),
    clock: systemClock,
    random: systemRandom,
    run: { id: null, operator: 'tester' },
    programVersion: '1.0.0',
    config: DEFAULT_DATABASE_CONFIG,
  });
}

/** Hash, rows and last key of every table of a backup, those left out that a restore itself writes into. */
export async function describeBackup(id: string, store: BackupStore): Promise<ReadonlyMap<string, string>> {
  const { tables } = readManifest(await findBackup(id, store, '.', systemRandom));
  return new Map(
    tables
      .filter(({ name }) => name !== 'meta' && name !== 'audit_log')
      .map(({ name, sha256, rows, last_id }) => [name, `${sha256} ${rows} ${last_id}`]),
  );
}
