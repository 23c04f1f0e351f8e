import { canonicalJson } from '../../canonical-json.ts';
import type { Queries } from '../../database/database.ts';
import { engineOf } from '../../database/engine-of.ts';
import { releaseBytes } from '../../release-bytes.ts';
import type { ArchiveTable } from '../archive-tables.ts';
import { CopyFormatter } from './copy-formatter.ts';
import { RowBuffer } from './row-buffer.ts';
import { type ArchiveValue, findNextKey, getLinesPage, streamBinaryRows, streamRows } from './row-queries.ts';
import {
  type Allocate,
  CHUNK_BYTES,
  countLines,
  findCut,
  groupOf,
  hashKey,
  KEYS_PER_HASH,
  type KeyRange,
  type RowText,
  rangeOf,
} from './row-text.ts';
import { spliceDocuments } from './splice-documents.ts';

const PAGE = 2_048;
const NEWLINE = 0x0a;

export interface ReadOptions {
  /** Only these keys of a table with a numeric one, in their order; all ends are those of chunks. */
  readonly ranges?: readonly KeyRange[] | undefined;
  /** Makes room for a chunk. */
  readonly allocate?: Allocate;
}

const allocateAnew: Allocate = (bytes) => Buffer.allocUnsafeSlow(bytes);

/**
 * The rows of a table in chunks: the same bytes in the same chunks on both engines, in flat memory. `snapshot` is a
 * transaction; `others`, any other connection to the same database, stops the server when nobody wants the rest.
 */
export async function* readRowTexts(
  snapshot: Queries,
  others: Queries,
  table: ArchiveTable,
  { ranges, allocate = allocateAnew }: ReadOptions = {},
): AsyncGenerator<RowText> {
  if (!hasNumericKey(table)) {
    yield* readByObjects(snapshot, table);
    return;
  }
  for (const range of ranges ?? [undefined]) {
    yield* engineOf(snapshot) === 'postgres'
      ? readCopy({ snapshot, others, table, range, allocate })
      : readPages(snapshot, table, range, allocate);
  }
}

/** Do chunks of this table end at fixed keys? */
export function hasNumericKey({ columns, key }: ArchiveTable): boolean {
  const type = columns.find(({ name }) => name === key[0])?.type;
  return key.length === 1 && (type === 'id' || type === 'integer');
}

interface CopyOptions {
  readonly snapshot: Queries;
  readonly others: Queries;
  readonly table: ArchiveTable;
  readonly range: KeyRange | undefined;
  readonly allocate: Allocate;
}

async function* readCopy({ snapshot, others, table, range, allocate }: CopyOptions): AsyncGenerator<RowText> {
  const formatter = new CopyFormatter(table, allocate);
  try {
    for await (const chunk of streamBinaryRows(snapshot, others, table, range)) yield* formatter.push(chunk);
    yield* formatter.end();
  } finally {
    formatter.release();
  }
}

async function* readPages(
  snapshot: Queries,
  table: ArchiveTable,
  range: KeyRange | undefined,
  allocate: Allocate,
): AsyncGenerator<RowText> {
  const end = range?.to ?? Number.POSITIVE_INFINITY;
  let from = await findNextKey(snapshot, table, range?.from ?? 0);
  const collected = new CollectedLines(allocate);
  try {
    while (from !== undefined && from < end) {
      const { to } = rangeOf(from);
      const group = groupOf(from);
      for (;;) {
        const { rows, last, lines } = await getLinesPage(snapshot, table, { from, to, limit: PAGE });
        if (lines !== null) yield* collected.add(lines, rows, group);
        if (rows < PAGE || last === null) break;
        from = last + 1;
      }
      yield* collected.end(group);
      from = await findNextKey(snapshot, table, to);
    }
  } finally {
    collected.release();
  }
}

/** Pages of lines, put together to chunks, of one group at a time. */
class CollectedLines {
  readonly #allocate: Allocate;
  readonly #out = new RowBuffer(CHUNK_BYTES + 64 * 1024);
  #rows = 0;

  constructor(allocate: Allocate) {
    this.#allocate = allocate;
  }

  *add(page: Buffer, rows: number, group: number): Generator<RowText> {
    const out = this.#out;
    spliceDocuments(out, page);
    releaseBytes(page);
    out.addByte(NEWLINE);
    this.#rows += rows;
    while (out.length >= CHUNK_BYTES) {
      const raw = out.takeFirst(findCut(out.bytes.subarray(0, out.length)), this.#allocate);
      const count = countLines(raw);
      this.#rows -= count;
      yield { raw, rows: count, group };
    }
  }

  release(): void {
    this.#out.release();
  }

  *end(group: number): Generator<RowText> {
    if (this.#rows === 0) return;
    const raw = this.#out.takeFirst(this.#out.length, this.#allocate);
    const rows = this.#rows;
    this.#rows = 0;
    yield { raw, rows, group };
  }
}

// For tables with other keys: none of them is large.
async function* readByObjects(snapshot: Queries, table: ArchiveTable): AsyncGenerator<RowText> {
  const jsonAt = table.columns.flatMap(({ type }, at) => (type === 'json' ? [at] : []));
  const boundary = hashedBoundary(table);
  let lines: string[] = [];
  let bytes = 0;
  let group = 0;
  for await (const row of streamRows(snapshot, table)) {
    const begins = boundary(row);
    if (lines.length > 0 && begins.isNew) {
      yield { raw: Buffer.from(lines.join('')), rows: lines.length, group };
      lines = [];
      bytes = 0;
    }
    if (lines.length === 0) group = begins.group;
    const line = formatRow(row, jsonAt);
    lines.push(line);
    bytes += Buffer.byteLength(line);
    if (bytes < CHUNK_BYTES) continue;
    yield { raw: Buffer.from(lines.join('')), rows: lines.length, group };
    lines = [];
    bytes = 0;
  }
  if (lines.length > 0) yield { raw: Buffer.from(lines.join('')), rows: lines.length, group };
}

type Boundary = (row: readonly ArchiveValue[]) => { readonly isNew: boolean; readonly group: number };

function hashedBoundary({ columns, key }: ArchiveTable): Boundary {
  const places = key.map((name) => columns.findIndex((column) => column.name === name));
  return (row) => {
    const group = hashKey(JSON.stringify(places.map((at) => row[at])));
    return { isNew: group % KEYS_PER_HASH === 0, group };
  };
}

// PostgreSQL gives a JSON document back in an order and spacing of its own; in an archive it is canonical.
function formatRow(row: ArchiveValue[], jsonAt: readonly number[]): string {
  for (const at of jsonAt) {
    const value = row[at];
    if (typeof value === 'string') row[at] = canonicalJson(JSON.parse(value));
  }
  return `${JSON.stringify(row)}\n`;
}
