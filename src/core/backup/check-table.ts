import { releaseBytes } from '../release-bytes.ts';
import { type ArchiveReader, beginAhead, DamagedChunk } from './archive-reader.ts';
import { tableHash } from './content-hash.ts';
import type { ManifestChunk, ManifestTable } from './manifest.ts';
import { countLines } from './rows/row-text.ts';

/** What is wrong with a file of an archive. */
export interface ArchiveProblem {
  readonly file: string;
  readonly problem: string;
}

/** Reads every chunk of a table and compares sizes, rows and hashes with the manifest. */
export async function checkTable(
  reader: ArchiveReader,
  table: ManifestTable,
  onRows: (rows: number) => void,
): Promise<ArchiveProblem[]> {
  const problems: ArchiveProblem[] = [];
  const read = async (chunk: ManifestChunk) => {
    const found: ArchiveProblem[] = [];
    return { chunk, found, raw: await noting(found, reader.readChunk(chunk)) };
  };
  for await (const { chunk, found, raw } of beginAhead(table.chunks, read)) {
    problems.push(...found);
    onRows(chunk.rows);
    if (raw === undefined) continue;
    if (!holdsRows(raw, chunk)) {
      problems.push({
        file: 'manifest',
        problem: `${chunk.sha256} does not hold ${chunk.rows} rows of ${table.name}`,
      });
    }
    releaseBytes(raw);
  }
  const rows = table.chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  // Each chunk was just read and has the content that the manifest names.
  const whole = tableHash(
    reader.key,
    table.chunks.map(({ content }) => content),
  );
  if (problems.length === 0 && (rows !== table.rows || whole !== table.sha256)) {
    problems.push({ file: 'manifest', problem: `the rows of ${table.name} are not those that were written` });
  }
  return problems;
}

/** As `checkTable`, of some chunks only. */
export async function checkChunks(
  reader: ArchiveReader,
  table: ManifestTable,
  chunks: readonly ManifestChunk[],
): Promise<ArchiveProblem[]> {
  const problems: ArchiveProblem[] = [];
  for (const chunk of chunks) {
    const raw = await noting(problems, reader.readChunk(chunk));
    if (raw !== undefined && !holdsRows(raw, chunk)) {
      problems.push({
        file: 'manifest',
        problem: `${chunk.sha256} does not hold ${chunk.rows} rows of ${table.name}`,
      });
    }
  }
  return problems;
}

/** What `work` gives, or undefined when it found a damaged file, which is added to the problems. */
export async function noting<T>(problems: ArchiveProblem[], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DamagedChunk)) throw error;
    problems.push({ file: error.file, problem: error.message });
    return undefined;
  }
}

function holdsRows(raw: Buffer, { rows }: ManifestChunk): boolean {
  return (raw.length === 0 || raw.at(-1) === 0x0a) && countLines(raw) === rows;
}
