import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseConnection, PostgresPool } from 'kysely';
import type { Pool, PoolClient } from 'pg';

/*
 * kysely keeps the pg client of a connection to itself, and COPY needs it. The pool that kysely gets notes which client
 * it handed out during an acquisition; the driver then remembers that client for the connection it was given.
 */
const acquisition = new AsyncLocalStorage<{ client: PoolClient | undefined }>();
const clients = new WeakMap<DatabaseConnection, PoolClient>();
const breaks = new WeakMap<PoolClient, Error>();
const watched = new WeakSet<PoolClient>();

/** A pool whose handed-out clients can be found again. */
export function traceablePool(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect();
      watch(client);
      const noted = acquisition.getStore();
      if (noted !== undefined) noted.client = client;
      return client as never;
    },
    end: () => pool.end(),
  };
}

// A connection that is cut while it is lent out and no query runs on it would end the process; its next query fails anyway.
function watch(client: PoolClient): void {
  if (watched.has(client)) return;
  watched.add(client);
  client.on('error', (error) => {
    if (!breaks.has(client)) breaks.set(client, error);
  });
}

/** Why the connection broke, when it did. */
export function findBreak(connection: DatabaseConnection): Error | undefined {
  return breaks.get(findClient(connection));
}

/** Breaks connections whose server no longer answers: what waits for an answer on them fails now. */
export function cutConnections(open: Iterable<PoolClient>): void {
  for (const client of open) client.connection.stream.destroy();
}

/** Acquires a connection and remembers its client. */
export async function rememberingClient(
  acquire: () => Promise<DatabaseConnection>,
): Promise<DatabaseConnection> {
  const noted: { client: PoolClient | undefined } = { client: undefined };
  const connection = await acquisition.run(noted, acquire);
  if (noted.client !== undefined) clients.set(connection, noted.client);
  return connection;
}

/** The pg client behind a connection of our PostgreSQL dialect. */
export function findClient(connection: DatabaseConnection): PoolClient {
  const client = clients.get(connection);
  if (client === undefined) throw new TypeError('this connection is not one of PostgreSQL');
  return client;
}
