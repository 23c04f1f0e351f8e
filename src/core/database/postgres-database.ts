import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import type { PoolClient } from 'pg';
import type { Database, Queries } from './database.ts';
import type { DatabaseConfig } from './database-config.ts';
import type { PostgresAddress } from './parse-database-url.ts';
import { cutConnections, traceablePool } from './postgres-client.ts';
import { OwnPostgresDialect } from './postgres-dialect.ts';
import { conflictError, isRetryable, translatePostgresError } from './postgres-errors.ts';
import { tryPostgresLock } from './postgres-lock.ts';
import { type PostgresSession, postgresOptions, sessionSettings } from './postgres-options.ts';
import { runTransaction } from './run-transaction.ts';
import type { Tables } from './tables.ts';

const ATTEMPTS = 6;

/** Opens a PostgreSQL database and makes one connection to see that it is there. Throws `database_unreachable`. */
export async function openPostgresDatabase(
  address: PostgresAddress,
  config: DatabaseConfig,
  session: PostgresSession,
): Promise<Database> {
  const [{ default: pg }, { default: Cursor }] = await Promise.all([import('pg'), import('pg-cursor')]);
  const options = await postgresOptions(address, config);
  const settings = sessionSettings(config, session);
  const pool = new pg.Pool({
    ...options,
    max: config.pool_max,
    onConnect: async (client) => {
      await client.query(settings);
    },
  });
  const open = new Set<PoolClient>();
  pool.on('connect', (client) => open.add(client));
  pool.on('remove', (client) => open.delete(client));
  // A connection that breaks while idle is thrown away by the pool; the next query gets a new one.
  pool.on('error', () => undefined);
  const queries = new Kysely<Tables>({
    dialect: new OwnPostgresDialect({ pool: traceablePool(pool), cursor: Cursor }, address.url),
  });
  const close = async (): Promise<void> => {
    await queries.destroy();
  };
  // COPY runs beside the driver, which translates the errors of all other statements.
  const throwTranslated = (error: unknown): never => {
    throw translatePostgresError(error, address.url);
  };
  try {
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(queries);
    const databaseOn = (connections: Queries): Database => ({
      engine: 'postgres',
      name: rows[0]?.name ?? address.database ?? '',
      url: address.url,
      queries: connections,
      transaction: (work, transactionOptions = {}) => {
        const attempt = () => runTransaction(connections.transaction(), work, transactionOptions);
        const attempts = transactionOptions.once === true ? 1 : ATTEMPTS;
        return retryingConflicts(attempt, attempts).catch(throwTranslated);
      },
      snapshot: (work, { temporaryTables = false } = {}) => {
        const snapshot = connections.transaction().setIsolationLevel('repeatable read');
        // A transaction that only reads may not make a temporary table: this one writes and is rolled back.
        return temporaryTables
          ? runTransaction(snapshot.setAccessMode('read write'), work, { rollback: true })
          : snapshot.setAccessMode('read only').execute(work);
      },
      session: (work) =>
        connections
          .connection()
          .execute((own) => work(databaseOn(own)))
          .catch(throwTranslated),
      tryLock: (name, { heartbeat = false } = {}) =>
        tryPostgresLock(options, address.url, name, heartbeat ? () => cutConnections(open) : undefined),
      close,
    });
    return databaseOn(queries);
  } catch (error) {
    await close();
    throw error;
  }
}

// Two transactions that wait for each other's rows are not a person's problem: the loser begins again.
async function retryingConflicts<T>(attempt: () => Promise<T>, most: number): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      if (attempts === most) throw conflictError(error);
      await sleep(5 * 3 ** attempts);
    }
  }
}
