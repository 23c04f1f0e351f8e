import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type BetterSqlite3 from 'better-sqlite3';
import { sha256 } from '../canonical-json.ts';
import { ReferralError } from '../errors.ts';
import { sqliteCode, translateSqliteError } from './sqlite-errors.ts';

const BUSY_MS = 30_000;
const PAGE_BYTES = 16_384;
// Also what a sort may hold in memory before it goes on in a temporary file.
const CACHE_KIBIBYTES = 8_192;

export interface SqliteOpening {
  readonly file: string;
  readonly readOnly: boolean;
  /** Make the file when it is not there. */
  readonly create: boolean;
}

/** Opens a SQLite file with the pragmas that the promises rest on, and asserts that they took. Throws `database_unreachable`. */
export async function openSqliteFile({
  file,
  readOnly,
  create,
}: SqliteOpening): Promise<BetterSqlite3.Database> {
  const { default: Sqlite } = await import('better-sqlite3');
  if (!existsSync(dirname(file))) {
    throw new ReferralError('database_unreachable', `The database ${file} can't be opened`, {
      reason: `the folder ${dirname(file)} does not exist`,
      hint: 'Create the folder, or name another file with --database sqlite:FILE.',
    });
  }
  let connection: BetterSqlite3.Database | undefined;
  try {
    if (create) makePrivateFile(file);
    if (readOnly && existsSync(`${file}-journal`)) undoKilled(Sqlite, file);
    // The pair read-only and must-exist is what better-sqlite3 asks for; a missing file is told by the caller.
    connection = new Sqlite(file, {
      readonly: readOnly,
      fileMustExist: readOnly || !create,
      timeout: BUSY_MS,
    });
    // For a new file: fewer and larger pages take a third less time to load a million customers. An old one keeps its size.
    if (create && !readOnly) connection.pragma(`page_size = ${PAGE_BYTES}`);
    if (!readOnly) await useWriteAheadLog(connection);
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    // PostgreSQL has it built in.
    connection.function('sha256', { deterministic: true }, (text: unknown) => sha256(String(text)));
    assertPragmas(connection);
    return connection;
  } catch (error) {
    connection?.close();
    throw translateSqliteError(error, file);
  }
}

// The file holds names and addresses: only its owner may read it. SQLite gives its -wal and -shm the same mode.
function makePrivateFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

/** Is there a database file at all? */
export function sqliteFileExists(file: string): boolean {
  return existsSync(file);
}

// Switching to WAL needs the file for itself for a moment, and SQLite does not wait for that by its busy time-out.
async function useWriteAheadLog(connection: BetterSqlite3.Database): Promise<void> {
  for (let waited = 0; ; waited += 20) {
    try {
      connection.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (sqliteCode(error) !== 'SQLITE_BUSY' || waited > BUSY_MS) throw error;
      await sleep(20);
    }
  }
}

/**
 * Runs `work`, a transaction, with a rollback journal, which keeps only pages that were there before; the log takes every page twice, when it is written
 * and when it is folded in. Where anyone else has the file open, the log stays.
 */
export async function usingRollbackJournal<T>(
  connection: BetterSqlite3.Database,
  work: () => Promise<T>,
): Promise<T> {
  tryJournal(connection, 'delete');
  try {
    return await work();
  } finally {
    // Whoever opens the file next tries it again.
    tryJournal(connection, 'wal');
  }
}

function tryJournal(connection: BetterSqlite3.Database, mode: 'delete' | 'wal'): void {
  connection.pragma('busy_timeout = 0');
  try {
    connection.pragma(`journal_mode = ${mode}`);
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
  } finally {
    connection.pragma(`busy_timeout = ${BUSY_MS}`);
  }
}

// What was killed while it had a rollback journal is undone by the next that opens the file, which has to be able to write.
function undoKilled(Sqlite: typeof BetterSqlite3, file: string): void {
  const connection = new Sqlite(file, { fileMustExist: true, timeout: BUSY_MS });
  try {
    connection.pragma('schema_version');
  } finally {
    connection.close();
  }
}

// better-sqlite3 opens WAL databases with synchronous=NORMAL, where a commit can vanish at a power loss.
function assertPragmas(connection: BetterSqlite3.Database): void {
  const expected = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1, busy_timeout: BUSY_MS };
  for (const [pragma, value] of Object.entries(expected)) {
    const actual: unknown = connection.pragma(pragma, { simple: true });
    // A database that nobody has written yet is not in WAL mode when opened for reading.
    if (pragma === 'journal_mode' && connection.readonly) continue;
    if (actual !== value)
      throw new Error(`SQLite did not accept ${pragma} = ${value}; it says ${String(actual)}`);
  }
}
