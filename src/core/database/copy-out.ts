import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { Queries } from './database.ts';
import { findClient } from './postgres-client.ts';

/**
 * PostgreSQL only: the chunks of `COPY (select) TO STDOUT (FORMAT binary)`, on the connection of `queries`, which has to be a
 * transaction. `select` has no parameters, which COPY does not take. When nobody wants the rest, the server is told so on a
 * connection of `others`.
 */
export async function* streamCopyOut(
  queries: Queries,
  others: Queries,
  select: string,
): AsyncGenerator<Buffer> {
  const { to } = await import('pg-copy-streams');
  // All rows are one statement, however long they take to be read.
  await sql.raw('set local statement_timeout = 0; savepoint before_copy').execute(queries);
  const server = await sql<{ id: number }>`select pg_backend_pid() as id`.execute(queries);
  const opened = Promise.withResolvers<Readable>();
  const finished = Promise.withResolvers<void>();
  const lent = queries.getExecutor().provideConnection(async (connection) => {
    opened.resolve(findClient(connection).query(to(`copy (${select}) to stdout (format binary)`)));
    await finished.promise;
  });
  lent.catch(opened.reject);
  const copy = await opened.promise;
  let isWhole = false;
  try {
    yield* copy.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    isWhole = true;
  } finally {
    const isLeft = !isWhole && copy.errored === null;
    if (isLeft) await stopCopy(copy, others, server.rows[0]?.id ?? 0);
    finished.resolve();
    await lent;
    // What was stopped has failed, and a failed transaction can't end well.
    if (isLeft) await sql`rollback to savepoint before_copy`.execute(queries);
    if (isLeft || isWhole) await sql`release savepoint before_copy`.execute(queries);
  }
}

// A connection is of use again only when its COPY has come to an end.
async function stopCopy(copy: Readable, others: Queries, processId: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    copy.once('error', () => resolve()).once('end', () => resolve());
  });
  copy.resume();
  await sql`select pg_cancel_backend(${processId})`.execute(others);
  await closed;
}

/** PostgreSQL only: as `streamCopyOut`, of few enough rows to be had at once. */
export async function readCopyOut(queries: Queries, select: string): Promise<Buffer> {
  const { to } = await import('pg-copy-streams');
  return queries.getExecutor().provideConnection(async (connection) => {
    const copy = findClient(connection).query(to(`copy (${select}) to stdout (format binary)`));
    const chunks: Buffer[] = [];
    for await (const chunk of copy as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  });
}
