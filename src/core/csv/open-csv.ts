import { ReferralError } from '../errors.ts';
import type { CsvFile, CsvOptions, CsvRecord } from './csv-file.ts';
import { type CsvInput, toBytes } from './csv-input.ts';
import { createDecoding } from './decode-text.ts';
import { detectDelimiter, parseDelimiter } from './detect-delimiter.ts';
import { findHeader } from './find-header.ts';
import { createPlainScanner } from './plain-rows.ts';
import { readHeader } from './read-header.ts';
import { type CsvPiece, LONGEST_PLAIN, readPieces } from './read-pieces.ts';
import { assertLooksLikeCsv, assertNotBinary, notCsv } from './recognise-content.ts';
import { createScanner, MAX_RECORD_LENGTH } from './scan-records.ts';

const SAMPLE_BYTES = 131_072;
const SAMPLE_ROWS = 500;
const BATCH_SIZE = 2_000;
// Of long rows a batch has as few as come to this many characters.
const BATCH_LENGTH = 262_144;

/**
 * Opens a CSV file: finds its encoding and delimiter, reads the header, and gives the rows in batches as they are asked for, in
 * memory that does not grow with the file. Throws `input_unusable` when it is no CSV; single bad rows carry a `problem`.
 */
export async function openCsv(input: CsvInput, options: CsvOptions = {}): Promise<CsvFile> {
  const { encoding = 'auto', delimiter: asked = 'auto', maxRecordLength = MAX_RECORD_LENGTH } = options;
  const given = asked === 'auto' ? undefined : parseDelimiter(asked);
  const chunks = input[Symbol.asyncIterator]();
  const first = await readSample(chunks);
  assertNotBinary(first.bytes);
  const decoding = createDecoding(first.bytes, encoding);
  let ended = first.ended;
  const text = (await decoding.decode(first.bytes, ended)).replace(/^[\uFEFF\uFFFE]/, '');
  assertLooksLikeCsv(text);
  const { body, separator, skippedLines } = cutSeparatorLine(text);
  const delimiter = given ?? separator ?? detectDelimiter(body, ended);
  const scanner = createScanner(delimiter, maxRecordLength, 1 + skippedLines);

  let pending = scanner.push(body, ended);
  while (pending.length === 0 && !ended) pending = await readMore();
  const { headerRow, rows, findings } = cutHeader(pending, delimiter, options.headerLine);
  const header = readHeader(headerRow.cells);
  const named = lastNamed(headerRow.cells);
  pending = rows.map(fitted);

  async function readMore(): Promise<CsvRecord[]> {
    const next = await chunks.next();
    ended = next.done === true;
    const bytes = next.done === true ? new Uint8Array() : toBytes(next.value);
    return scanner.push(await decoding.decode(bytes, ended), ended);
  }

  function fitted(record: CsvRecord): CsvRecord {
    return fitToHeader(record, header.length, named);
  }

  async function* readBatches(): AsyncGenerator<readonly CsvRecord[]> {
    const size = options.batchSize ?? BATCH_SIZE;
    let length = lengthOf(pending);
    try {
      while (!ended || pending.length > 0) {
        if (pending.length >= size || length >= BATCH_LENGTH || ended) {
          yield pending.splice(0, size);
          length = lengthOf(pending);
        } else {
          const more = (await readMore()).map(fitted);
          pending = pending.concat(more);
          length += lengthOf(more);
        }
      }
    } finally {
      input.destroy();
    }
  }

  async function* readAll(): AsyncGenerator<CsvPiece> {
    const plain = maxRecordLength < LONGEST_PLAIN ? undefined : createPlainScanner(delimiter, header.length);
    try {
      if (pending.length > 0) yield { kind: 'records', records: pending.splice(0) };
      if (ended) return;
      const rest = { [Symbol.asyncIterator]: () => ({ next: async () => toNextBytes(await chunks.next()) }) };
      for await (const piece of readPieces(rest, { decoding, scanner, plain })) {
        if (piece.kind === 'plain') yield piece;
        else if (piece.records.length > 0) yield { kind: 'records', records: piece.records.map(fitted) };
      }
    } finally {
      input.destroy();
    }
  }

  return {
    get encoding() {
      return decoding.encoding;
    },
    delimiter,
    header,
    rawHeader: headerRow.raw,
    sample: pending.slice(0, SAMPLE_ROWS),
    get findings() {
      return [
        `encoding ${decoding.encoding}: ${decoding.reason}`,
        `delimiter ${JSON.stringify(delimiter)}: ${reasonOfDelimiter(given, separator)}`,
        ...findings,
      ];
    },
    batches: readBatches(),
    pieces: readAll(),
    reread(raw, line) {
      const [record] = createScanner(delimiter, maxRecordLength, line).push(raw, true);
      if (record === undefined) throw new TypeError('a blank line is no row');
      return fitted(record);
    },
  };
}

function toNextBytes({ done, value }: IteratorResult<unknown>): IteratorResult<Uint8Array> {
  return done === true ? { done, value: undefined } : { done: false, value: toBytes(value) };
}

function lengthOf(records: readonly CsvRecord[]): number {
  return records.reduce((length, { raw }) => length + raw.length, 0);
}

async function readSample(chunks: AsyncIterator<unknown>): Promise<{ bytes: Uint8Array; ended: boolean }> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < SAMPLE_BYTES) {
    const next = await nextChunk(chunks);
    if (next.done === true) return { bytes, ended: true };
    bytes = Buffer.concat([bytes, toBytes(next.value)]);
  }
  return { bytes, ended: false };
}

async function nextChunk(chunks: AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
  try {
    return await chunks.next();
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'EISDIR') {
    return new ReferralError('input_unusable', 'this is a folder, not a file', {
      hint: 'Name a CSV file in it.',
      cause,
    });
  }
  return cause;
}

/** Excel's first line `sep=;` names the delimiter and is not part of the data. */
function cutSeparatorLine(text: string): {
  body: string;
  separator: string | undefined;
  skippedLines: number;
} {
  const match = /^sep=([^"\r\n])(\r\n|\r|\n)/i.exec(text);
  if (match === null) return { body: text, separator: undefined, skippedLines: 0 };
  return { body: text.slice(match[0].length), separator: match[1], skippedLines: 1 };
}

interface Header {
  readonly headerRow: CsvRecord;
  readonly rows: readonly CsvRecord[];
  readonly findings: readonly string[];
}

/** The header among the first rows, and the rows below it. Throws `input_unusable`. */
function cutHeader(pending: readonly CsvRecord[], delimiter: string, line: number | undefined): Header {
  const place = findHeader(pending);
  const index = line === undefined ? place.index : pending.findIndex((row) => row.line === line);
  const row = pending[index];
  if (row === undefined)
    throw notCsv(
      'it has no header line',
      'Export the data again with its header line, or check --header-line.',
    );
  if (row.problem !== undefined) {
    throw notCsv(
      `its header can't be read: ${row.problem}`,
      `Mend line ${row.line}, or give the --delimiter.`,
    );
  }
  const findings = [
    line === undefined
      ? `header on line ${row.line}: ${reasonOfHeader(index)}`
      : `header on line ${line}: as told`,
  ];
  const rows = pending.slice(index + 1);
  if (index !== place.index || !place.lacksIndexName) return { headerRow: row, rows, findings };
  findings.push('the rows begin with their number, for which the header has no cell');
  return { headerRow: { ...row, cells: ['', ...row.cells], raw: delimiter + row.raw }, rows, findings };
}

function reasonOfHeader(index: number): string {
  if (index === 0) return 'the first line that is not blank';
  return `${index} line${index === 1 ? '' : 's'} above it are narrower than the rows, such as titles`;
}

function reasonOfDelimiter(given: string | undefined, separator: string | undefined): string {
  if (given !== undefined) return 'as told';
  return separator === undefined
    ? 'under it most rows have as many cells as the header'
    : 'the line "sep=" says so';
}

/** How many cells a row needs: columns without a name at the end of the header may be absent. */
function lastNamed(cells: readonly string[]): number {
  return Math.max(1, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
}

/** A row with as many cells as the header has: empty cells too many are cut, unnamed ones too few are added, anything else is a problem. */
function fitToHeader(record: CsvRecord, columns: number, named: number): CsvRecord {
  const { cells } = record;
  if (record.problem !== undefined || cells.length === columns) return record;
  if (cells.length > columns && cells.slice(columns).every((cell) => cell.trim() === '')) {
    return { ...record, cells: cells.slice(0, columns) };
  }
  if (cells.length < columns && cells.length >= named) {
    return { ...record, cells: [...cells, ...Array.from({ length: columns - cells.length }, () => '')] };
  }
  return { ...record, problem: `the row has ${cells.length} cells, the header has ${columns}` };
}
