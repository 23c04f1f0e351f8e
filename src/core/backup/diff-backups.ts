import { type OnProgress, tellProgress } from '../progress.ts';
import type { ArchiveReader } from './archive-reader.ts';
import { type ArchiveTable, listArchiveTables } from './archive-tables.ts';
import type { CheckedArchive } from './check-archive.ts';
import { type DiffChunk, diffRows, type TableDifference } from './diff-rows.ts';
import type { Manifest, ManifestTable } from './manifest.ts';

const NO_CHUNKS: readonly never[] = [];

/**
 * How two backups differ, table by table, those that are the same left out. Chunks that both share are not read. Throws
 * `DamagedChunk`.
 */
export async function diffBackups(
  before: CheckedArchive,
  after: CheckedArchive,
  onProgress?: OnProgress,
): Promise<TableDifference[]> {
  const others = namesOf(before.manifest, after.manifest)
    .map((name) => ({
      name,
      old: findTable(before.manifest, name),
      current: findTable(after.manifest, name),
    }))
    .filter(({ old, current }) => !isSame(before, after, old, current));
  const rows = createRowCount(
    others.flatMap(({ old, current }) => [old, current]),
    onProgress,
  );
  const differences: TableDifference[] = [];
  for (const { name, old, current } of others) {
    const difference = await diffTable(name, [before, old], [after, current], rows);
    if (difference.added + difference.removed + difference.changed > 0) differences.push(difference);
  }
  return differences;
}

type Side = readonly [archive: CheckedArchive, table: ManifestTable | undefined];

async function diffTable(
  name: string,
  [before, old]: Side,
  [after, current]: Side,
  rows: RowCount,
): Promise<TableDifference> {
  const table = describe(current ?? old);
  // Hashes with different keys, or of none, tell nothing about each other.
  const isComparable = sameKey(before.reader, after.reader) && sameColumns(old, current);
  const left = rows.count(chunksOf(before.reader, old, isComparable ? '' : 'before '));
  const right = rows.count(chunksOf(after.reader, current, ''));
  return diffRows({ ...table, name }, left, right);
}

interface RowCount {
  /** The chunks, with the progress told as they are asked for. */
  count(chunks: AsyncIterable<DiffChunk>): AsyncGenerator<DiffChunk>;
}

/** Counts the rows of these tables as they are compared. */
function createRowCount(
  tables: readonly (ManifestTable | undefined)[],
  onProgress: OnProgress | undefined,
): RowCount {
  const total = tables.reduce((sum, table) => sum + (table?.rows ?? 0), 0);
  let done = 0;
  return {
    async *count(chunks) {
      for await (const chunk of chunks) {
        yield chunk;
        done += chunk.rows;
        await tellProgress(onProgress, done, total);
      }
    },
  };
}

async function* chunksOf(
  reader: ArchiveReader,
  table: ManifestTable | undefined,
  mark: string,
): AsyncGenerator<DiffChunk> {
  for (const chunk of table?.chunks ?? NO_CHUNKS) {
    yield { content: `${mark}${chunk.content}`, rows: chunk.rows, raw: () => reader.readChunk(chunk) };
  }
}

/** The chunks of a table of an archive, for a comparison. */
export function archiveChunks(reader: ArchiveReader, table: ManifestTable): AsyncGenerator<DiffChunk> {
  return chunksOf(reader, table, '');
}

function isSame(
  before: CheckedArchive,
  after: CheckedArchive,
  old: ManifestTable | undefined,
  current: ManifestTable | undefined,
): boolean {
  return sameKey(before.reader, after.reader) && sameColumns(old, current) && old?.sha256 === current?.sha256;
}

function sameKey({ key: a }: ArchiveReader, { key: b }: ArchiveReader): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}

function sameColumns(a: ManifestTable | undefined, b: ManifestTable | undefined): boolean {
  return JSON.stringify(a?.columns) === JSON.stringify(b?.columns);
}

function describe(table: ManifestTable | undefined): ArchiveTable {
  const known = listArchiveTables().find(({ name }) => name === table?.name);
  return { name: table?.name ?? '', columns: table?.columns ?? [], key: known?.key ?? [] };
}

function findTable(manifest: Manifest, name: string): ManifestTable | undefined {
  return manifest.tables.find((table) => table.name === name);
}

function namesOf(before: Manifest, after: Manifest): string[] {
  return [...new Set([...before.tables, ...after.tables].map(({ name }) => name))];
}
