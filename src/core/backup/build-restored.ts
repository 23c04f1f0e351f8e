import type { Database } from '../database/database.ts';
import { migrateDatabase } from '../database/migrate-database.ts';
import { checkRestored } from './check-restored.ts';
import { loadArchive } from './load-archive.ts';
import type { RestoreOptions } from './restore-options.ts';

/** Loads an archive into an empty database, checks what arrived, and brings it up to date. */
export async function buildRestored(database: Database, options: RestoreOptions): Promise<void> {
  const { id, manifest, reader, clock, random, programVersion, onProgress } = options;
  const migrate = { clock, random, programVersion };
  const tables = await loadArchive(database, { id, manifest, reader, migrate, onProgress });
  await checkRestored(database, tables, manifest, reader.key);
  await migrateDatabase(database, migrate);
}
