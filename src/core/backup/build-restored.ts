import type { Database } from '../database/database.ts';
import { migrateDatabase } from '../database/migrate-database.ts';
import { checkRestored } from './check-restored.ts';
import { loadArchive } from './load-archive.ts';
import type { RestoreOptions } from './restore-options.ts';

/** Loads an archive into an empty database, checks what arrived, and brings it up to date. */
export async function buildRestored(database: Database, options: RestoreOptions): Promise<void> {
  const { id, manifest, reader, clock, random, programVersion, onProgress } = options;
  const migrate = { clock, random, programVersion };
  const loaded = await loadArchive(database, { id, manifest, reader, migrate, onProgress });
  // Neither may go on alone: what comes next, or removes all of it, waits for both.
  const ended = await Promise.allSettled([
    loaded.buildIndexes(),
    checkRestored(database, loaded.tables, manifest, reader.key),
  ]);
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  await loaded.complete();
  await migrateDatabase(database, migrate);
}
