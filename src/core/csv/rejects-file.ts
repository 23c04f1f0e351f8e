import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { ReferralError } from '../errors.ts';
import type { CsvRecord } from './csv-file.ts';
import { formatCsvRow } from './format-csv.ts';
import { REJECT_COLUMNS } from './map-columns.ts';

/** One refused row: where, and why. */
export interface Reject {
  readonly record: CsvRecord;
  /** The column at fault, when it is one. */
  readonly column: string | undefined;
  readonly reason: string;
}

export interface RejectsFile {
  readonly path: string;
  write(rejects: readonly Reject[]): Promise<void>;
  /** Puts the file in place, or leaves none when nothing was refused; says where it is. */
  close(): Promise<string | null>;
  /** Leaves no file. */
  discard(): Promise<void>;
}

export interface RejectsFileOptions {
  readonly delimiter: string;
  /** The header line as written in the input. */
  readonly rawHeader: string;
  /** Replace a file that is no rejects file. */
  readonly force?: boolean;
}

/**
 * A file for the refused rows: line number, column and reason, then the row untouched. It is written beside `path` and takes its
 * place on `close`. Mended, it imports again as it is. Throws `output_exists` when `path` holds something else.
 */
export async function createRejectsFile(path: string, options: RejectsFileOptions): Promise<RejectsFile> {
  const { delimiter, rawHeader, force = false } = options;
  const firstCells = REJECT_COLUMNS.join(delimiter);
  if (!force) await assertReplaceable(path, firstCells);
  // A rejects file that is imported again already has the three columns: they are not written twice.
  const isRejectsFile = rawHeader.startsWith(firstCells + delimiter);
  const header = isRejectsFile ? rawHeader : `${firstCells}${delimiter}${rawHeader}`;
  const partial = `${path}.part`;
  let stream: WriteStream | undefined;

  async function write(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    stream ??= await begin(partial, header);
    const lines = rejects.map(({ record, column, reason }) => {
      const row = isRejectsFile ? withoutRejectCells(record.raw, delimiter) : record.raw;
      return `${formatCsvRow([record.line, column, reason], { delimiter, raw: true }).trimEnd()}${delimiter}${row}\n`;
    });
    if (!stream.write(lines.join(''))) await once(stream, 'drain');
  }

  async function close(): Promise<string | null> {
    if (stream === undefined) return null;
    stream.end();
    await finished(stream);
    await rename(partial, path);
    return path;
  }

  async function discard(): Promise<void> {
    if (stream === undefined) return;
    stream.end();
    // Whatever could not be written is not wanted any more.
    await finished(stream).catch(() => {});
    await rm(partial, { force: true });
  }

  return { path, write, close, discard };
}

async function begin(path: string, header: string): Promise<WriteStream> {
  const stream = createWriteStream(path, { mode: 0o600 });
  await once(stream, 'open');
  // A full disk is told by the next write or by close; without a listener it would end the process.
  stream.on('error', () => {});
  stream.write(`${header}\n`);
  return stream;
}

/** Only an older rejects file is replaced without being asked. */
async function assertReplaceable(path: string, firstCells: string): Promise<void> {
  const start = await readStart(path, firstCells.length);
  if (start === undefined || start === '' || start === firstCells) return;
  throw new ReferralError('output_exists', `${path} exists and is no rejects file`, {
    hint: 'Name another file with --rejects, or add --force.',
  });
}

async function readStart(path: string, length: number): Promise<string | undefined> {
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The row without the line number, column and reason that an earlier import put before it. */
function withoutRejectCells(raw: string, delimiter: string): string {
  let at = 0;
  for (let cell = 0; cell < REJECT_COLUMNS.length; cell += 1) {
    if (raw[at] === '"') {
      at += 1;
      while (at < raw.length && !(raw[at] === '"' && raw[at + 1] !== '"')) at += raw[at] === '"' ? 2 : 1;
    }
    const next = raw.indexOf(delimiter, at);
    if (next === -1) return raw;
    at = next + 1;
  }
  return raw.slice(at);
}
