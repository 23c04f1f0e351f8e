import type { ArchiveTable } from './archive-tables.ts';
import type { ChunkWriter, WrittenChunk } from './chunk-writer.ts';
import { contentHash, tableHash } from './content-hash.ts';
import type { UnchangedGroups } from './find-unchanged.ts';
import { Places } from './known-chunks.ts';
import type { ManifestChunk, ManifestTable } from './manifest.ts';
import { hasNumericKey } from './rows/read-row-texts.ts';
import type { RowText } from './rows/row-text.ts';
import type { Rows } from './rows/using-rows.ts';

// While the database gives the next rows, others are compressed and stored.
const IN_HAND = 2;

export interface WriteTableOptions {
  readonly rows: Rows;
  readonly table: ArchiveTable;
  /** Has it no rows? They are not asked for then. */
  readonly isEmpty: boolean;
  /** The highest key that it has ever given out; null for a table without keys of its own. */
  readonly lastId: number | null;
  readonly writer: ChunkWriter;
  /** The key of content hashes; undefined for plain SHA-256. */
  readonly key: Uint8Array | undefined;
  readonly onRows: (rows: number) => void;
  /** What of it an earlier backup has: `rows` leaves that out. */
  readonly unchanged?: UnchangedGroups | undefined;
}

export interface WrittenTable {
  readonly table: ManifestTable;
  /** Bytes that were not in the store before. */
  readonly newBytes: number;
}

/** Writes the rows of a table into the store, in chunks. Memory stays flat. */
export async function writeTable(options: WriteTableOptions): Promise<WrittenTable> {
  const { table, writer, key, onRows } = options;
  // In an encrypted backup keys tell nothing but their order, and hashes of texts too much.
  const tellsGroup = key === undefined || hasNumericKey(table);
  const places = new Places(table.name);
  const written: WrittenChunk[] = [];
  const inHand: Promise<WrittenChunk>[] = [];
  const settleOne = async (): Promise<void> => {
    const next = await inHand.shift();
    if (next === undefined) return;
    written.push(next);
    onRows(next.chunk.rows);
  };
  try {
    for await (const next of withUnchanged(readTexts(options), options.unchanged)) {
      if ('sha256' in next) {
        inHand.push(Promise.resolve({ chunk: next, newBytes: 0 }));
        await settleOne();
        continue;
      }
      const writing = writer
        .write(next, { place: places.next(next.group), tellsGroup })
        .finally(() => next.release?.());
      // It is waited for in its turn; until then nobody else is to hear of its failure.
      writing.catch(() => undefined);
      inHand.push(writing);
      if (inHand.length >= IN_HAND) await settleOne();
    }
    while (inHand.length > 0) await settleOne();
  } finally {
    await Promise.allSettled(inHand);
  }
  const chunks = written.map(({ chunk }) => chunk);
  return {
    newBytes: written.reduce((sum, { newBytes }) => sum + newBytes, 0),
    table: {
      name: table.name,
      columns: table.columns.map(({ name, type }) => ({ name, type })),
      rows: chunks.reduce((sum, { rows }) => sum + rows, 0),
      bytes: chunks.reduce((sum, { raw_bytes }) => sum + raw_bytes, 0),
      sha256: tableHash(
        key,
        chunks.map(({ content }) => content),
      ),
      last_id: options.lastId,
      chunks,
    },
  };
}

/** What was read and what was left out, in the order of the keys. */
async function* withUnchanged(
  texts: Iterable<RowText> | AsyncIterable<RowText>,
  unchanged: UnchangedGroups | undefined,
): AsyncGenerator<RowText | ManifestChunk> {
  const kept = [...(unchanged?.chunks ?? [])].sort(([one], [other]) => one - other);
  let at = 0;
  for await (const text of texts) {
    for (; (kept[at]?.[0] ?? Number.POSITIVE_INFINITY) < text.group; at += 1) yield* kept[at]?.[1] ?? [];
    yield text;
  }
  for (const [, chunks] of kept.slice(at)) yield* chunks;
}

/** The hash of the rows of a table as an archive would hold them, and their number. */
export async function hashTable(
  options: Pick<WriteTableOptions, 'rows' | 'table' | 'isEmpty' | 'key'>,
): Promise<{ readonly sha256: string; readonly rows: number }> {
  const { key } = options;
  const contents: string[] = [];
  let count = 0;
  for await (const { raw, rows, content = contentHash(key, raw), release } of readTexts(options)) {
    contents.push(content);
    count += rows;
    release?.();
  }
  return { sha256: tableHash(key, contents), rows: count };
}

function readTexts({
  rows,
  table,
  isEmpty,
}: Pick<WriteTableOptions, 'rows' | 'table' | 'isEmpty'>): Iterable<RowText> | AsyncIterable<RowText> {
  return isEmpty ? [] : rows.read(table);
}
