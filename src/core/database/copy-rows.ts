import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CopyValue, formatCopyRow } from './copy-text.ts';
import type { Queries } from './database.ts';
import { findClient } from './postgres-client.ts';

const BLOCK = 64 * 1024;

/** From so many rows on, COPY is worth its round trips. */
export const COPY_FROM = 500;

/**
 * PostgreSQL only: loads rows into a table with COPY, on the connection of `queries`, which has to be a transaction. A row
 * is an array in the order of `columns`; names of table and columns come from code, never from input. Memory stays flat.
 */
export async function copyRows(
  queries: Queries,
  table: string,
  columns: readonly string[],
  rows: AsyncIterable<readonly CopyValue[]> | Iterable<readonly CopyValue[]>,
): Promise<void> {
  const { from } = await import('pg-copy-streams');
  await queries.getExecutor().provideConnection(async (connection) => {
    const target = findClient(connection).query(from(`copy ${table} (${columns.join(', ')}) from stdin`));
    await pipeline(Readable.from(encodeRows(rows), { objectMode: true, highWaterMark: 2 }), target);
  });
}

/** As `copyRows`, of the bytes of COPY's binary format as they come, every column in its own type. */
export async function copyBinary(
  queries: Queries,
  table: string,
  columns: readonly string[],
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const { from } = await import('pg-copy-streams');
  await queries.getExecutor().provideConnection(async (connection) => {
    const statement = `copy ${table} (${columns.join(', ')}) from stdin (format binary)`;
    const target = findClient(connection).query(from(statement));
    await pipeline(Readable.from(bytes, { objectMode: true, highWaterMark: 1 }), target);
  });
}

async function* encodeRows(
  rows: AsyncIterable<readonly CopyValue[]> | Iterable<readonly CopyValue[]>,
): AsyncGenerator<string> {
  let block = '';
  for await (const row of rows) {
    block += formatCopyRow(row);
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}
