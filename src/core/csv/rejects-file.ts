import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReferralError } from '../errors.ts';
import type { CsvRecord } from './csv-file.ts';
import { formatCsvRow } from './format-csv.ts';
import { REJECT_COLUMNS } from './map-columns.ts';
import { createPartialFile, isPipeOrDevice, type PartialFile, partialPath } from './partial-file.ts';

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
  /** Brings all of it to the disk: call it before what was taken in is committed. Throws `state_forbids` when there is no room. */
  finish(): Promise<void>;
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
 * place on `close`. Mended, it imports again as it is. Throws `output_exists` when `path` holds something else, `usage` when it can't be a file.
 */
export async function createRejectsFile(path: string, options: RejectsFileOptions): Promise<RejectsFile> {
  const { delimiter, rawHeader, force = false } = options;
  const firstCells = REJECT_COLUMNS.join(delimiter);
  await assertPossible(path);
  if (!force && !(await isPipeOrDevice(path))) await assertReplaceable(path, firstCells);
  // A rejects file that is imported again already has the three columns: they are not written twice.
  const isRejectsFile = rawHeader.startsWith(firstCells + delimiter);
  const header = isRejectsFile ? rawHeader : `${firstCells}${delimiter}${rawHeader}`;
  let file: PartialFile | undefined;

  async function write(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    const lines = rejects.map(({ record, column, reason }) => {
      const row = isRejectsFile ? withoutRejectCells(record.raw, delimiter) : record.raw;
      return `${formatCsvRow([record.line, column, reason], { delimiter, raw: true }).trimEnd()}${delimiter}${row}\n`;
    });
    if (file === undefined) lines.unshift(`${header}\n`);
    file ??= await createPartialFile(path);
    await file.write(lines.join('')).catch(cannotWrite);
  }

  function cannotWrite(cause: unknown): never {
    if (cause instanceof ReferralError) throw cause;
    throw new ReferralError('state_forbids', `The rejects file ${path} can't be written`, {
      reason: `${cause instanceof Error ? cause.message : String(cause)}; nothing was changed`,
      hint: 'Free some space, or name another place with --rejects, and run the command again.',
      cause,
    });
  }

  return {
    path,
    write,
    finish: async () => file?.finish().catch(cannotWrite),
    async close() {
      if (file === undefined) return null;
      await file.place().catch((cause: unknown) => {
        throw new ReferralError('state_forbids', `The rejects file ${path} can't be put in place`, {
          reason: `${cause instanceof Error ? cause.message : String(cause)}; the good rows were taken in`,
          hint: `Run the same command again with another --rejects: it changes nothing about them. Else see ${partialPath(path)}.`,
          cause,
        });
      });
      return path;
    },
    discard: async () => file?.discard(),
  };
}

/** Before any work: is there a folder for it, and no folder of its name? */
async function assertPossible(path: string): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  const hint = 'Name a file in a folder that exists with --rejects.';
  if (folder?.isDirectory() !== true) {
    throw new ReferralError('usage', `The folder of the rejects file does not exist: ${dirname(path)}`, {
      hint,
    });
  }
  if ((await stat(path).catch(() => undefined))?.isDirectory() === true) {
    throw new ReferralError('usage', `The rejects file can't be written: ${path} is a folder`, { hint });
  }
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
