import type { Engine } from '../database/database.ts';
import type { DatabaseConfig } from '../database/database-config.ts';
import { usingDatabase } from '../database/open-database.ts';
import { parseDatabaseUrl } from '../database/parse-database-url.ts';
import { sqliteFileExists } from '../database/sqlite-connection.ts';
import { ReferralError } from '../errors.ts';
import { hasRows, listExistingTables } from './archive-queries.ts';
import { OWN_TABLES } from './own-tables.ts';

export interface RestoreTarget {
  readonly engine: Engine;
  /** What a person types to confirm. */
  readonly name: string;
  readonly url: string;
  /** Is there anything that a restore would replace? */
  readonly hasRows: boolean;
}

/** Looks at the database that a restore is to replace. Throws `configuration_invalid`, `database_unreachable`. */
export async function inspectTarget(url: string, config: DatabaseConfig): Promise<RestoreTarget> {
  const address = parseDatabaseUrl(url);
  if (address.engine === 'sqlite' && !sqliteFileExists(address.file)) {
    return { engine: 'sqlite', name: address.name, url: address.url, hasRows: false };
  }
  try {
    return await usingDatabase(
      { url, config, migrations: 'skip' },
      async ({ engine, name, url: shown, queries }) => {
        const tables = await listExistingTables(queries);
        const own = tables.filter((table) => OWN_TABLES.includes(table));
        // A SQLite file is replaced with everything in it; in PostgreSQL the tables of others stay where they are.
        const foreign = engine === 'sqlite' && own.length < tables.length;
        return { engine, name, url: shown, hasRows: foreign || (await hasRows(queries, own)) };
      },
    );
  } catch (error) {
    if (address.engine !== 'sqlite' || !isUnreadable(error)) throw error;
    // A damaged file is what a restore is for; what is left of it may still be worth something to somebody.
    return { engine: 'sqlite', name: address.name, url: address.url, hasRows: true };
  }
}

/** Is a file no database, or a damaged one? */
export function isUnreadable(error: unknown): boolean {
  const cause = error instanceof ReferralError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && /^SQLITE_(NOTADB|CORRUPT)/.test(String(cause.code));
}
