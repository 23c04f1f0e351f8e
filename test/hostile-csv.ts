import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import type { CsvOptions, CsvRecord } from '../src/core/csv/csv-file.ts';
import { hashInput } from '../src/core/csv/hash-input.ts';
import { openCsv } from '../src/core/csv/open-csv.ts';
import { createScanner } from '../src/core/csv/scan-records.ts';
import { ReferralError } from '../src/core/errors.ts';
import { readInPieces } from './read-in-pieces.ts';

/** A table in some dialect and encoding, and what was done to its bytes. */
export interface HostileFile {
  readonly rows: readonly (readonly string[])[];
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly quotesAll: boolean;
  readonly endsWithLineEnd: boolean;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  readonly hasMark: boolean;
  readonly damage: readonly Damage[];
  /** In pieces of how many bytes it arrives. */
  readonly piece: number;
}

/** At a place between 0 and 1: bytes cut away, put in, or one changed; `truncate` cuts all that follows. */
export interface Damage {
  readonly kind: 'truncate' | 'cut' | 'insert' | 'change' | 'repeat';
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Undamaged: `same`, or why another table was understood than was written, or `unclear` where it was refused for want of a flag. Damaged: read
 * (`damaged`) or `refused`.
 */
export type Verdict = 'same' | 'encoding' | 'delimiter' | 'header' | 'damaged' | 'refused' | 'unclear';

const PIECES = [
  '"',
  '""',
  ',',
  ';',
  '\t',
  '|',
  ':',
  '\n',
  '\r',
  '\r\n',
  ' ',
  "'",
  '=',
  '\\',
  '0',
  '12',
  'a',
  'é',
  'ß',
  '@',
  '€',
];
const WIDE = ['Ж', '漢', '👩‍🚀', '\u202e', '\u0000'];
const BAD_BYTES = [0x00, 0x0a, 0x0d, 0x22, 0x2c, 0x3b, 0x1b, 0x80, 0x81, 0xc3, 0xe2, 0xed, 0xf0, 0xfe, 0xff];

const encoding = fc.constantFrom('utf-8', 'utf-16le', 'utf-16be', 'windows-1252');
const damage = fc.record<Damage>({
  kind: fc.constantFrom('truncate', 'cut', 'insert', 'change', 'repeat'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc
    .array(fc.constantFrom(...BAD_BYTES), { minLength: 1, maxLength: 4 })
    .map((all) => Uint8Array.from(all)),
});

/** Files of every dialect, encoding and damage; half of them undamaged. */
export const hostileFiles: fc.Arbitrary<HostileFile> = fc
  .tuple(encoding, fc.integer({ min: 2, max: 5 }))
  .chain(([name, columns]) => {
    const pieces = name === 'windows-1252' ? PIECES : [...PIECES, ...WIDE.slice(0, 4)];
    const cell = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((all) => all.join(''));
    const row = fc.array(cell, { minLength: columns, maxLength: columns });
    const header = Array.from({ length: columns }, (_, index) => `name${'abcdefgh'[index]}`);
    return fc.record<HostileFile>({
      rows: fc.array(row, { maxLength: 12 }).map((all) => [header, ...all]),
      delimiter: fc.constantFrom(',', ';', '\t', '|', ':'),
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      quotesAll: fc.boolean(),
      endsWithLineEnd: fc.boolean(),
      encoding: fc.constant(name),
      hasMark: fc.boolean(),
      damage: fc.oneof(fc.constant([]), fc.array(damage, { minLength: 1, maxLength: 3 })),
      piece: fc.constantFrom(1, 2, 3, 7, 64, 65_536),
    });
  });

/** The bytes of the file, damage done. */
export function bytesOf(file: HostileFile): Buffer {
  let bytes = encode(textOf(file), file);
  for (const one of file.damage) bytes = damaged(bytes, one);
  return bytes;
}

/**
 * Reads the file as an import does and checks what must hold of any: it ends, it throws nothing but a refusal, its rows fit the header and
 * come in order, its pieces give what it gives as a whole, and the hash is that of its bytes. Told its dialect, an undamaged file must read as it was written; left alone, a difference
 * must be explained by what was found. Throws when anything of this does not hold.
 */
export async function checkHostileFile(file: HostileFile): Promise<Verdict> {
  const bytes = bytesOf(file);
  await checkPieces(bytes, file);
  const found = await read(bytes, file.piece, {});
  if (file.damage.length > 0) return found === undefined ? 'refused' : 'damaged';
  const told = await read(bytes, file.piece, {
    encoding: file.encoding,
    delimiter: file.delimiter,
    headerLine: 1,
  });
  if (told === undefined || !isSame(told.rows, file)) throw new Error('told its dialect, it reads otherwise');
  if (found === undefined) return 'unclear';
  if (isSame(found.rows, file)) return 'same';
  if (found.encoding !== file.encoding) return 'encoding';
  if (found.delimiter !== file.delimiter) return 'delimiter';
  if (found.rows[0]?.join() !== file.rows[0]?.join()) return 'header';
  throw new Error('left alone, it reads otherwise though its dialect was found');
}

/** The rows must be the same whether they are scanned as a whole or as they come in pieces, by their bytes where they can be. */
async function checkPieces(
  bytes: Buffer,
  { delimiter, encoding: name, piece, rows }: HostileFile,
): Promise<void> {
  const dialect = { delimiter, encoding: name, columns: rows[0]?.length ?? 1 };
  const inPieces = await readInPieces(bytes, piece, dialect).catch(refusal);
  if (JSON.stringify(inPieces?.records) !== JSON.stringify(scanWhole(bytes, name, delimiter)))
    throw new Error('in pieces, it reads otherwise than as a whole');
}

function scanWhole(bytes: Buffer, name: string, delimiter: string): readonly CsvRecord[] | undefined {
  try {
    const text = new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes);
    return createScanner(delimiter).push(text, true);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function refusal(error: unknown): undefined {
  if (error instanceof ReferralError && error.code === 'input_unusable') return undefined;
  throw error;
}

interface Found {
  readonly rows: readonly (readonly string[])[];
  readonly encoding: string;
  readonly delimiter: string;
}

async function read(bytes: Buffer, piece: number, options: CsvOptions): Promise<Found | undefined> {
  try {
    const input = hashInput(Readable.from(piecesOf(bytes, piece)));
    const csv = await openCsv(input, options);
    const rows: (readonly string[])[] = [csv.header];
    let line = 0;
    for await (const batch of csv.batches) {
      for (const record of batch) {
        checkRecord(record, csv.header.length, line);
        line = record.line;
        rows.push(record.problem === undefined ? record.cells : [record.problem]);
      }
    }
    if (input.sha256() !== createHash('sha256').update(bytes).digest('hex'))
      throw new Error('the hash is another');
    return { rows, encoding: csv.encoding, delimiter: csv.delimiter };
  } catch (error) {
    return refusal(error);
  }
}

function checkRecord({ line, cells, raw, problem }: CsvRecord, columns: number, before: number): void {
  if (line <= before) throw new Error(`line ${line} comes after line ${before}`);
  if (problem === undefined && cells.length !== columns) throw new Error('a row does not fit the header');
  if (raw === '') throw new Error('a row is empty');
}

function isSame(rows: readonly (readonly string[])[], file: HostileFile): boolean {
  return JSON.stringify(rows) === JSON.stringify(file.rows);
}

function piecesOf(bytes: Buffer, piece: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += piece) pieces.push(bytes.subarray(at, at + piece));
  return pieces;
}

function textOf({ rows, delimiter, lineEnd, quotesAll, endsWithLineEnd }: HostileFile): string {
  const needsQuotes = (cell: string) => quotesAll || /["\r\n]|^\s|\s$/.test(cell) || cell.includes(delimiter);
  const lines = rows.map((row) =>
    row.map((cell) => (needsQuotes(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter),
  );
  return lines.join(lineEnd) + (endsWithLineEnd ? lineEnd : '');
}

function encode(text: string, { encoding: name, hasMark }: HostileFile): Buffer {
  if (name === 'windows-1252') return Buffer.from(text.replaceAll('€', '\u0080'), 'latin1');
  // Without a mark UTF-16 is told by its zeros, which a text of few letters may not have.
  const marked = hasMark || name !== 'utf-8' ? `\uFEFF${text}` : text;
  if (name === 'utf-8') return Buffer.from(marked);
  const bytes = Buffer.from(marked, 'utf16le');
  return name === 'utf-16be' ? bytes.swap16() : bytes;
}

function damaged(bytes: Buffer, { kind, at, bytes: given }: Damage): Buffer {
  const place = Math.min(bytes.length, Math.floor(at * (bytes.length + 1)));
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (kind) {
    case 'truncate':
      return before;
    case 'cut':
      return Buffer.concat([before, after.subarray(given.length)]);
    case 'insert':
      return Buffer.concat([before, given, after]);
    case 'change':
      return Buffer.concat([before, given.subarray(0, 1), after.subarray(1)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, 20), after]);
  }
}
