import { assertMigrated } from './assert-migrated.ts';
import type { Database } from './database.ts';
import { type DatabaseConfig, DEFAULT_DATABASE_CONFIG } from './database-config.ts';
import { type DatabaseAddress, parseDatabaseUrl } from './parse-database-url.ts';

export interface OpenOptions {
  /** `sqlite:FILE`, `postgres://…` or `postgresql://…`. */
  readonly url: string;
  /** Pool size, time-outs and TLS of PostgreSQL; the defaults when absent. */
  readonly config?: DatabaseConfig;
  /** `check` (the default) refuses a database that is not exactly as new as this program. */
  readonly migrations?: 'check' | 'skip';
  /** PostgreSQL: work in this schema instead of the one that the search path names. */
  readonly schema?: string;
  /** SQLite: make the file when it is not there. */
  readonly create?: boolean;
  /** Nothing can be written: SQLite opens the file so, PostgreSQL makes every transaction so. */
  readonly readOnly?: boolean;
}

/**
 * Opens the database of a URL and checks that it is migrated. The caller closes it. Throws `configuration_invalid`,
 * `database_unreachable`, `database_not_migrated`, `database_newer`.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const database = await openAddress(parseDatabaseUrl(options.url), options);
  try {
    if (options.migrations !== 'skip') await assertMigrated(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Opens a database, lends it to `work` and closes it, whatever happens. */
export async function usingDatabase<T>(
  options: OpenOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function openAddress(address: DatabaseAddress, options: OpenOptions): Promise<Database> {
  if (address.engine === 'sqlite') {
    const { openSqliteDatabase } = await import('./sqlite-database.ts');
    return openSqliteDatabase(address, {
      create: options.create ?? false,
      readOnly: options.readOnly ?? false,
    });
  }
  const { openPostgresDatabase } = await import('./postgres-database.ts');
  return openPostgresDatabase(address, options.config ?? DEFAULT_DATABASE_CONFIG, {
    schema: options.schema,
    readOnly: options.readOnly ?? false,
  });
}
