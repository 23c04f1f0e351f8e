import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockOptions, ProcessLock } from './database.ts';
import { sqliteCode, translateSqliteError } from './sqlite-errors.ts';

/**
 * Takes the lock `name` beside the database file, or gives undefined when it is taken. It is an exclusive transaction
 * held open on a small SQLite file of its own: the operating system drops it with the process, whatever ends that,
 * so that there is no lease to renew and nothing stale to clean up.
 */
export async function trySqliteLock(
  databaseFile: string,
  name: string,
  { once = false }: LockOptions = {},
): Promise<ProcessLock | undefined> {
  const { default: Sqlite } = await import('better-sqlite3');
  const folder = `${databaseFile}-locks`;
  await mkdir(folder, { recursive: true });
  const file = join(folder, encodeURIComponent(name));
  const connection = new Sqlite(file, { timeout: 0 });
  try {
    connection.exec('begin exclusive');
  } catch (error) {
    connection.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') === true) return undefined;
    throw translateSqliteError(error, file);
  }
  return {
    name,
    async release() {
      // While it is still held: whoever comes now makes a file of its own.
      if (once && connection.open) removeUnused(file);
      connection.close();
    },
    isHeld: () => connection.open && connection.inTransaction,
  };
}

function removeUnused(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // A file that stays is in nobody's way.
  }
}
