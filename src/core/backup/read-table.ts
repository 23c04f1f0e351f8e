import { createHash } from 'node:crypto';
import { sha256 } from '../canonical-json.ts';
import { type BackupStore, chunkName } from './backup-store.ts';
import type { ManifestChunk, ManifestTable } from './manifest.ts';
import { decompress } from './zstd.ts';

/** What is wrong with a file of an archive. */
export interface ArchiveProblem {
  readonly file: string;
  readonly problem: string;
}

/** Thrown inside this folder only; `verify` lists it, `restore` turns it into `input_unusable`. */
export class DamagedChunk extends Error {
  readonly file: string;

  constructor(file: string, message: string) {
    super(message);
    this.file = file;
  }
}

/** The rows of a chunk as lines of JSON, checked byte for byte. Throws `DamagedChunk`. */
export async function readChunk(store: BackupStore, chunk: ManifestChunk): Promise<Buffer> {
  const file = chunkName(chunk.sha256);
  const bytes = await store.read(file);
  if (bytes === undefined) throw new DamagedChunk(file, 'it is missing');
  if (bytes.length !== chunk.bytes) {
    throw new DamagedChunk(file, `it has ${bytes.length} bytes, ${chunk.bytes} were written`);
  }
  if (sha256(bytes) !== chunk.sha256)
    throw new DamagedChunk(file, 'its bytes are not those that were written');
  try {
    const raw = await decompress(bytes, chunk.raw_bytes);
    if (raw.length === chunk.raw_bytes) return raw;
  } catch {
    // Told below: only a manifest that was made to lie comes here.
  }
  throw new DamagedChunk(file, 'it does not hold what the manifest says');
}

/** The lines of a chunk, without line ends. */
export function linesOf(raw: Buffer): string[] {
  const lines = raw.toString('utf8').split('\n');
  lines.pop();
  return lines;
}

/** Reads every chunk of a table and compares sizes, rows and hashes with the manifest. */
export async function checkTable(store: BackupStore, table: ManifestTable): Promise<ArchiveProblem[]> {
  const problems: ArchiveProblem[] = [];
  const whole = createHash('sha256');
  let rows = 0;
  for (const chunk of table.chunks) {
    try {
      const raw = await readChunk(store, chunk);
      whole.update(raw);
      const lines = linesOf(raw);
      rows += lines.length;
      if (lines.length !== chunk.rows || !lines.every((line) => isRow(line, table))) {
        problems.push({
          file: chunkName(chunk.sha256),
          problem: `it does not hold ${chunk.rows} rows of ${table.name}`,
        });
      }
    } catch (error) {
      if (!(error instanceof DamagedChunk)) throw error;
      problems.push({ file: error.file, problem: error.message });
    }
  }
  if (problems.length === 0 && (rows !== table.rows || whole.digest('hex') !== table.sha256)) {
    problems.push({ file: 'manifest', problem: `the rows of ${table.name} are not those that were written` });
  }
  return problems;
}

function isRow(line: string, table: ManifestTable): boolean {
  try {
    const row: unknown = JSON.parse(line);
    return (
      Array.isArray(row) &&
      row.length === table.columns.length &&
      row.every((value, at) => fits(value, table, at))
    );
  } catch {
    return false;
  }
}

function fits(value: unknown, table: ManifestTable, at: number): boolean {
  if (value === null) return true;
  const type = table.columns[at]?.type;
  if (type === 'text' || type === 'time' || type === 'json') return typeof value === 'string';
  return typeof value === 'number' && (type === 'real' || Number.isSafeInteger(value));
}
