import type { CsvRecord } from '../src/core/csv/csv-file.ts';
import { createDecoding } from '../src/core/csv/decode-text.ts';
import { createPlainScanner, plainRecord } from '../src/core/csv/plain-rows.ts';
import { readPieces } from '../src/core/csv/read-pieces.ts';
import { createScanner } from '../src/core/csv/scan-records.ts';

export interface ReadInPieces {
  readonly records: CsvRecord[];
  /** How many of them were known by their bytes. */
  readonly plain: number;
  readonly encoding: string;
}

export interface Dialect {
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly columns?: number;
}

/** Reads all rows of a file from its first byte on, header or not, as they come in pieces of so many bytes. */
export async function readInPieces(
  bytes: Uint8Array,
  piece: number,
  { delimiter = ',', encoding = 'auto', columns = 3 }: Dialect = {},
): Promise<ReadInPieces> {
  const decoding = createDecoding(new Uint8Array(), encoding);
  const scanner = createScanner(delimiter);
  const reading = { decoding, scanner, plain: createPlainScanner(delimiter, columns) };
  const records: CsvRecord[] = [];
  let plain = 0;
  for await (const rows of readPieces(cut(bytes, piece), reading)) {
    if (rows.kind === 'records') records.push(...rows.records);
    else for (let row = 0; row < rows.rows; row += 1) records.push(plainRecord(rows, row));
    if (rows.kind === 'plain') plain += rows.rows;
  }
  return { records, plain, encoding: decoding.encoding };
}

async function* cut(bytes: Uint8Array, piece: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) {
    yield bytes.subarray(at, at + piece);
    yield new Uint8Array();
  }
}
