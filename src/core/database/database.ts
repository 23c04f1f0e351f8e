import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export type Engine = 'sqlite' | 'postgres';

/** What a queries file takes: the database itself or a transaction on it. */
export type Queries = Kysely<Tables>;

/** A lock held by this process; it vanishes with the process, however that ends. */
export interface ProcessLock {
  readonly name: string;
  release(): Promise<void>;
  /** Does the lock still hold? False after the connection behind it was lost. */
  isHeld(): boolean;
}

export interface LockOptions {
  /**
   * Notice within seconds, on both sides, that the network to the server is cut although no connection was closed. Then
   * the lock is lost, and whatever this process waits for from the server fails at once.
   */
  readonly heartbeat?: boolean;
  /** Nobody wants a lock of this name once it is released: the file that it is, beside a SQLite database, goes with it. */
  readonly once?: boolean;
}

export interface TransactionOptions {
  /** Roll back after the work has succeeded, and still return its result: a dry run that is exact. */
  readonly rollback?: boolean;
  /** The work can't be done twice, as when it reads an input: a conflict with another transaction is told, not tried again. */
  readonly once?: boolean;
  /** No statement changes more than some megabytes: what would take back one of them is kept in memory, where SQLite otherwise writes it to a file. */
  readonly smallStatements?: boolean;
  /** Next to nothing is there yet, and it takes seconds: on SQLite it is written once instead of twice, and others wait for the end of it. */
  readonly fillsEmpty?: boolean;
}

export interface SnapshotOptions {
  /** The work makes temporary tables of its own, which are gone afterwards. */
  readonly temporaryTables?: boolean;
}

/** An open, checked and migrated database. */
export interface Database {
  readonly engine: Engine;
  /** What an operator types to confirm something irreversible: the file's base name, or the PostgreSQL database's name. */
  readonly name: string;
  /** The URL without its password. */
  readonly url: string;
  readonly queries: Queries;
  /** Runs `work` in one write transaction: `BEGIN IMMEDIATE` on SQLite, READ COMMITTED on PostgreSQL. */
  transaction<T>(
    work: (transaction: Transaction<Tables>) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /** Runs `work` on one consistent, read-only snapshot: a WAL read transaction, or REPEATABLE READ. */
  snapshot<T>(work: (transaction: Transaction<Tables>) => Promise<T>, options?: SnapshotOptions): Promise<T>;
  /** Lends the database on one connection that `work` has for itself: temporary tables last from one transaction of it to the next. */
  session<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** Takes the lock of that name if nobody holds it: a session advisory lock, or an operating-system lock on a file beside the SQLite file. */
  tryLock(name: string, options?: LockOptions): Promise<ProcessLock | undefined>;
  close(): Promise<void>;
}
