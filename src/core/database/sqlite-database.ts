import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, sql, type Transaction } from 'kysely';
import { ReferralError } from '../errors.ts';
import type { Database } from './database.ts';
import type { SqliteAddress } from './parse-database-url.ts';
import { runTransaction } from './run-transaction.ts';
import { openSqliteFile, sqliteFileExists, usingRollbackJournal } from './sqlite-connection.ts';
import { OwnSqliteDialect } from './sqlite-dialect.ts';
import { trySqliteLock } from './sqlite-lock.ts';
import type { Tables } from './tables.ts';

export interface SqliteOptions {
  readonly create: boolean;
  readonly readOnly: boolean;
}

/** Opens a SQLite database file. Throws `database_not_migrated` when there is none, `database_unreachable`. */
export async function openSqliteDatabase(address: SqliteAddress, options: SqliteOptions): Promise<Database> {
  const { file, name, url } = address;
  if (!options.create && !sqliteFileExists(file)) {
    throw new ReferralError('database_not_migrated', `There is no database ${file}`, {
      reason: 'the file does not exist',
      hint: 'Create it with: referral migrate (or try everything out with: referral quickstart).',
    });
  }
  const connection = await openSqliteFile({ file, ...options });
  const queries = new Kysely<Tables>({ dialect: new OwnSqliteDialect(connection, 'begin immediate') });
  const database: Database = {
    engine: 'sqlite',
    name,
    url,
    queries,
    transaction(work, transactionOptions = {}) {
      const run = (begun: () => void): ReturnType<typeof work> =>
        runTransaction(
          queries.transaction(),
          (transaction) => {
            begun();
            return work(transaction);
          },
          transactionOptions,
        );
      const { smallStatements = false, fillsEmpty = false } = transactionOptions;
      const runPlain = () => (smallStatements ? keepingUndoInMemory(connection, run) : run(() => {}));
      return fillsEmpty ? usingRollbackJournal(connection, runPlain) : runPlain();
    },
    snapshot: (work) => usingSnapshot(file, work),
    // There is only one.
    session: (work) => work(database),
    tryLock: (lock, lockOptions) => trySqliteLock(file, lock, lockOptions),
    async close() {
      await queries.destroy();
      // kysely opens nothing, and so closes nothing, when no query was made.
      connection.close();
    },
  };
  return database;
}

/*
 * A statement that calls a function can fail half-way, so SQLite notes the pages as they were before it; those that leave its cache meanwhile go
 * to a temporary file, for an import as many bytes as the database itself. Where it keeps them is decided when the transaction begins.
 */
async function keepingUndoInMemory<T>(
  connection: BetterSqlite3.Database,
  work: (begun: () => void) => Promise<T>,
): Promise<T> {
  const begun = (): void => {
    connection.pragma('temp_store = default');
  };
  connection.pragma('temp_store = memory');
  try {
    return await work(begun);
  } finally {
    begun();
  }
}

// A connection of its own: a long backup or export does not keep this process from writing meanwhile.
async function usingSnapshot<T>(
  file: string,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  const connection = await openSqliteFile({ file, readOnly: true, create: false });
  const queries = new Kysely<Tables>({ dialect: new OwnSqliteDialect(connection, 'begin') });
  try {
    return await queries.transaction().execute(async (transaction) => {
      // A deferred transaction takes its snapshot with its first read.
      await sql`select 1 from sqlite_schema limit 1`.execute(transaction);
      return work(transaction);
    });
  } finally {
    await queries.destroy();
    connection.close();
  }
}
