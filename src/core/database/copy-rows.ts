import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Queries } from './database.ts';
import { findClient } from './postgres-client.ts';

export type CopyValue = string | number | null;

const BLOCK = 64 * 1024;

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

async function* encodeRows(
  rows: AsyncIterable<readonly CopyValue[]> | Iterable<readonly CopyValue[]>,
): AsyncGenerator<string> {
  let block = '';
  for await (const row of rows) {
    block += `${row.map(encodeValue).join('\t')}\n`;
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

// The text format of COPY: tab between columns, \N for null, backslash before what would be taken for either.
function encodeValue(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return /[\\\n\r\t]/.test(value)
    ? value.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? character)
    : value;
}
