import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresAdapter,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
} from 'kysely';
import { ReferralError } from '../errors.ts';
import type { Engine } from './database.ts';
import { findBreak, rememberingClient } from './postgres-client.ts';
import { connectionError, translatePostgresError } from './postgres-errors.ts';

/** kysely's own machinery for PostgreSQL, with connection errors in words that a person can act on. */
export class OwnPostgresDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;
  readonly #url: string;

  constructor(config: PostgresDialectConfig, url: string) {
    super(config);
    this.#config = config;
    this.#url = url;
  }

  override createDriver(): Driver {
    return new OwnPostgresDriver(this.#config, this.#url);
  }

  override createAdapter(): OwnPostgresAdapter {
    return new OwnPostgresAdapter();
  }
}

class OwnPostgresAdapter extends PostgresAdapter {
  readonly engine: Engine = 'postgres';
}

class OwnPostgresDriver extends PostgresDriver {
  readonly #url: string;
  readonly #known = new WeakSet<DatabaseConnection>();

  constructor(config: PostgresDialectConfig, url: string) {
    super(config);
    this.#url = url;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await rememberingClient(() => super.acquireConnection()).catch((error: unknown) => {
      throw connectionError(error, this.#url);
    });
    if (!this.#known.has(connection)) {
      this.#known.add(connection);
      translateErrors(connection, this.#url);
    }
    return connection;
  }

  // The server has undone what a lost connection began: what went wrong first is told, not that this could not be said to it.
  override async rollbackTransaction(
    connection: Parameters<PostgresDriver['rollbackTransaction']>[0],
  ): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (!(error instanceof ReferralError && error.code === 'database_unreachable')) throw error;
    }
  }
}

function translateErrors(connection: DatabaseConnection, url: string): void {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = async <Row>(query: CompiledQuery) => {
    try {
      return await execute<Row>(query);
    } catch (error) {
      throw translatePostgresError(findBreak(connection) ?? error, url);
    }
  };
}
