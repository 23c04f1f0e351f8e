import type BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import { ReferralError } from '../errors.ts';
import type { Queries } from './database.ts';
import { OwnSqliteDialect } from './sqlite-dialect.ts';
import { sqliteCode } from './sqlite-errors.ts';
import type { Tables } from './tables.ts';

const PATIENCE_MS = 5_000;

/** A database file that nobody else has open, complete in itself: without a -wal beside it. */
export interface HeldSqliteFile {
  /** To read it; undefined when it is not a database, or a damaged one. */
  readonly queries: Queries | undefined;
  readonly damaged: boolean;
  release(): Promise<void>;
}

/**
 * Opens a file so that no other process can: folds its -wal into it and keeps an exclusive transaction open. Throws
 * `locked` when somebody else has it open.
 */
export async function holdSqliteFile(file: string): Promise<HeldSqliteFile> {
  const { default: Sqlite } = await import('better-sqlite3');
  const connection = new Sqlite(file, { fileMustExist: true, timeout: PATIENCE_MS });
  try {
    leaveWriteAheadLog(connection);
    connection.exec('begin exclusive');
    // The transaction is already there: queries run inside of it.
    const queries = new Kysely<Tables>({ dialect: new OwnSqliteDialect(connection, 'begin') });
    return {
      queries,
      damaged: false,
      async release() {
        if (connection.inTransaction) connection.exec('rollback');
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    const code = sqliteCode(error) ?? '';
    if (/^SQLITE_(BUSY|LOCKED)/.test(code)) throw inUse(file, error);
    if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) {
      return { queries: undefined, damaged: true, async release() {} };
    }
    throw error;
  }
}

// Leaving WAL mode needs the file for itself, folds the log in and removes it.
function leaveWriteAheadLog(connection: BetterSqlite3.Database): void {
  const mode: unknown = connection.pragma('journal_mode = DELETE', { simple: true });
  if (mode !== 'delete') throw new Error(`SQLite did not leave WAL mode; it says ${String(mode)}`);
}

function inUse(file: string, cause: unknown): ReferralError {
  return new ReferralError('locked', `The database ${file} is in use`, {
    reason: 'another process has it open',
    hint: 'End the other commands that work on it, then run this one again.',
    cause,
  });
}
