import type BetterSqlite3 from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Engine } from './database.ts';
import { translateSqliteError } from './sqlite-errors.ts';

const CACHED_STATEMENTS = 100;

/*
 * Our own driver, because kysely's begins transactions with a plain BEGIN: two processes that read and then write fail
 * each other with SQLITE_BUSY at once, which no busy time-out helps against. BEGIN IMMEDIATE waits its turn.
 * One connection; kysely's mutex lends it to one caller at a time.
 */
export class OwnSqliteDialect implements Dialect {
  readonly #connection: BetterSqlite3.Database;
  readonly #begin: string;

  constructor(connection: BetterSqlite3.Database, begin: 'begin immediate' | 'begin') {
    this.#connection = connection;
    this.#begin = begin;
  }

  createDriver(): Driver {
    return new OwnSqliteDriver(this.#connection, this.#begin);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): OwnSqliteAdapter {
    return new OwnSqliteAdapter();
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database);
  }
}

class OwnSqliteAdapter extends SqliteAdapter {
  readonly engine: Engine = 'sqlite';

  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class OwnSqliteDriver implements Driver {
  readonly #sqlite: BetterSqlite3.Database;
  readonly #connection: OwnSqliteConnection;
  readonly #begin: string;

  constructor(sqlite: BetterSqlite3.Database, begin: string) {
    this.#sqlite = sqlite;
    this.#connection = new OwnSqliteConnection(sqlite);
    this.#begin = begin;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.#begin));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // Some errors (a full disk) have already ended the transaction.
    if (this.#sqlite.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#sqlite.close();
  }
}

class OwnSqliteConnection implements DatabaseConnection {
  readonly #sqlite: BetterSqlite3.Database;
  readonly #statements = new Map<string, BetterSqlite3.Statement>();

  constructor(sqlite: BetterSqlite3.Database) {
    this.#sqlite = sqlite;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      const statement = this.#prepare(sql);
      const values = parameters.map(toSqliteValue);
      if (statement.reader) return { rows: statement.all(...values) as Row[] };
      const { changes, lastInsertRowid } = statement.run(...values);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      throw translateSqliteError(error, this.#sqlite.name);
    }
  }

  async *streamQuery<Row>(
    { sql, parameters }: CompiledQuery,
    chunkSize = 100,
  ): AsyncIterableIterator<QueryResult<Row>> {
    // A statement of its own: a cached one could be asked for again while this one is still open.
    const statement = this.#sqlite.prepare(sql);
    let rows: Row[] = [];
    for (const row of statement.iterate(...parameters.map(toSqliteValue))) {
      rows.push(row as Row);
      if (rows.length < chunkSize) continue;
      yield { rows };
      rows = [];
    }
    if (rows.length > 0) yield { rows };
  }

  #prepare(sql: string): BetterSqlite3.Statement {
    const cached = this.#statements.get(sql);
    const statement = cached ?? this.#sqlite.prepare(sql);
    // Taken out and put back, the most recently used one is the last in the map.
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > CACHED_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    return statement;
  }
}

function toSqliteValue(value: unknown): unknown {
  return typeof value === 'boolean' ? Number(value) : value;
}
