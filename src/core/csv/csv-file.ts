import type { CsvPiece } from './read-pieces.ts';

/** One data row of a CSV file. */
export interface CsvRecord {
  /** The line on which it begins, counted from 1 in the file, header and blank lines included. */
  readonly line: number;
  /** Its cells as written, quotes resolved, not trimmed. As many as the header has, unless `problem` is set. */
  readonly cells: readonly string[];
  /** The row untouched, without its line end. */
  readonly raw: string;
  /** Why the row can't be used as a row at all: too many or too few cells, a quote that is never closed. */
  readonly problem?: string;
}

/** An open CSV file whose header has been read; the rows follow as they are asked for. */
export interface CsvFile {
  /** The WHATWG name: `utf-8`, `windows-1252`, `utf-16le`. Final once `batches` or `pieces` has ended. */
  readonly encoding: string;
  /** The character itself. */
  readonly delimiter: string;
  /** Column names: trimmed, and every one named and unique. */
  readonly header: readonly string[];
  /** The header line as written. */
  readonly rawHeader: string;
  /** The first rows, at most a few hundred, to look at before the work begins; they come again in `batches`. */
  readonly sample: readonly CsvRecord[];
  /** What was found about the file and why, a line each; final once `batches` or `pieces` has ended. */
  readonly findings: readonly string[];
  /** The rows in order, blank lines left out. May be read once. */
  readonly batches: AsyncIterable<readonly CsvRecord[]>;
  /** The same rows in place of `batches`, for who reads most of them by their bytes. */
  readonly pieces: AsyncIterable<CsvPiece>;
  /** A row that was among `batches` without a problem, from its text and line. */
  reread(raw: string, line: number): CsvRecord;
}

export interface CsvOptions {
  /** A WHATWG label, or `auto`, the default. */
  readonly encoding?: string | undefined;
  /** One character, `tab`, or `auto`, the default. */
  readonly delimiter?: string | undefined;
  /** The line that names the columns, counted from 1; found by itself otherwise. */
  readonly headerLine?: number | undefined;
  /** The longest row in characters; 1,048,576 by default. Also how far an unclosed quote is followed. */
  readonly maxRecordLength?: number;
  /** Rows in a batch, about; 2,000 by default. */
  readonly batchSize?: number;
}
