import { createHash } from 'node:crypto';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import { type ArchiveValue, findLastId, streamRows } from './archive-queries.ts';
import type { ArchiveTable } from './archive-tables.ts';
import { type BackupStore, chunkName } from './backup-store.ts';
import type { ManifestChunk, ManifestTable } from './manifest.ts';
import { compress } from './zstd.ts';

// Chunks end at fixed keys, so that a changed row changes one chunk and the others are shared with earlier backups.
const KEYS_PER_CHUNK = 8_192;
const CHUNK_BYTES = 4 * 1024 * 1024;

export interface WrittenTable {
  readonly table: ManifestTable;
  /** Bytes that were not in the store before. */
  readonly newBytes: number;
}

/** Writes the rows of a table into the store, in chunks. Memory stays flat. */
export async function writeTable(
  queries: Queries,
  table: ArchiveTable,
  store: BackupStore,
  onRows: (rows: number) => void,
): Promise<WrittenTable> {
  const whole = createHash('sha256');
  const chunks: ManifestChunk[] = [];
  let newBytes = 0;
  for await (const { text, rows } of groupRows(queries, table)) {
    whole.update(text);
    const { chunk, isNew } = await writeChunk(store, text, rows);
    chunks.push(chunk);
    if (isNew) newBytes += chunk.bytes;
    onRows(rows);
  }
  return {
    newBytes,
    table: {
      name: table.name,
      columns: table.columns.map(({ name, type }) => ({ name, type })),
      rows: chunks.reduce((sum, chunk) => sum + chunk.rows, 0),
      bytes: chunks.reduce((sum, chunk) => sum + chunk.raw_bytes, 0),
      sha256: whole.digest('hex'),
      last_id: await findLastId(queries, table),
      chunks,
    },
  };
}

/** SHA-256 of the rows of a table as an archive would hold them, and their number. */
export async function hashTable(
  queries: Queries,
  table: ArchiveTable,
): Promise<{ readonly sha256: string; readonly rows: number }> {
  const whole = createHash('sha256');
  let count = 0;
  for await (const { text, rows } of groupRows(queries, table)) {
    whole.update(text);
    count += rows;
  }
  return { sha256: whole.digest('hex'), rows: count };
}

async function* groupRows(
  queries: Queries,
  table: ArchiveTable,
): AsyncGenerator<{ readonly text: string; readonly rows: number }> {
  const idAt = table.columns.findIndex(({ type }) => type === 'id');
  const jsonAt = table.columns.flatMap(({ type }, at) => (type === 'json' ? [at] : []));
  let text = '';
  let rows = 0;
  let group = 0;
  for await (const row of streamRows(queries, table)) {
    const itsGroup = idAt === -1 ? 0 : Math.floor(Number(row[idAt]) / KEYS_PER_CHUNK);
    if (rows > 0 && (itsGroup !== group || text.length >= CHUNK_BYTES)) {
      yield { text, rows };
      text = '';
      rows = 0;
    }
    group = itsGroup;
    text += formatRow(row, jsonAt);
    rows += 1;
  }
  if (rows > 0) yield { text, rows };
}

// PostgreSQL gives a JSON document back in an order and spacing of its own; in an archive it is canonical.
function formatRow(row: ArchiveValue[], jsonAt: readonly number[]): string {
  for (const at of jsonAt) {
    const value = row[at];
    if (typeof value === 'string') row[at] = canonicalJson(JSON.parse(value));
  }
  return `${JSON.stringify(row)}\n`;
}

async function writeChunk(
  store: BackupStore,
  text: string,
  rows: number,
): Promise<{ readonly chunk: ManifestChunk; readonly isNew: boolean }> {
  const raw = Buffer.from(text);
  const bytes = await compress(raw);
  const hash = sha256(bytes);
  const existing = await store.read(chunkName(hash));
  const isNew = existing === undefined || sha256(existing) !== hash;
  if (isNew) await store.put(chunkName(hash), bytes);
  return { chunk: { sha256: hash, bytes: bytes.length, raw_bytes: raw.length, rows }, isNew };
}
