import type { CsvRecord } from '../csv/csv-file.ts';
import { lineAt, type PlainRows, plainRecord } from '../csv/plain-rows.ts';
import type { CsvPiece } from '../csv/read-pieces.ts';
import type { Reject } from '../csv/rejects-file.ts';
import { GrowingBytes } from '../growing-bytes.ts';
import type { CustomerChange } from './customer.ts';
import { type AscendingIds, createRepeatFinder } from './find-repeats.ts';
import { CONSTANTS, fromLayout, type ImportLayout, typeOf } from './import-layout.ts';
import { type FormName, parseRows, type RowForm } from './row-form.ts';
import type { RowReject } from './row-plan.ts';
import type { RowWriter } from './row-writer.ts';

/** Some rows of a file, read and checked, as the database takes them. */
export interface ImportBatch {
  readonly kind: 'rows';
  /** How many rows of the file these are, refused ones included. */
  readonly rows: number;
  /** How many of them are good. */
  readonly count: number;
  readonly form: FormName;
  /** The good rows in the file's layout and that form. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The line of each good row. */
  readonly lines: Uint32Array<ArrayBuffer>;
  /** Is a customer named twice among them? */
  readonly hasRepeats: boolean;
  /** The ids of the good rows as the form spells them, where each is greater than the one before. */
  readonly ids: AscendingIds | undefined;
  readonly refused: readonly Reject[];
}

// Of rows however long, refused ones too, a batch is closed with the piece that fills it this far.
const BATCH_BYTES = 2_000_000;
/** Bytes that a character of a text is held in, at most. */
export const CHARACTER_BYTES = 2;

/** A batch in the making. */
export interface GrowingBatch<Batch, Piece> {
  add(piece: Piece): void;
  rows(): number;
  /** Of all that it holds. */
  bytes(): number;
  finish(): Batch;
}

/** What becomes of the rows of a batch. */
export interface Gathering<Batch, Piece> {
  /** Writes them into the payload. */
  add(piece: Piece, payload: GrowingBytes): void;
  rows(): number;
  /** Bytes of rows that it holds beside the payload. */
  held(): number;
  finish(payload: Uint8Array<ArrayBuffer>): Batch;
}

/**
 * Batches of at least so many rows, or bytes, but for the last one, from rows that come in any number. Each is put into bytes as soon as it is read: what
 * lives no longer than its piece of the file costs the least memory.
 */
export async function* cutBatches<Batch, Piece>(
  pieces: AsyncIterable<Piece>,
  rows: number,
  begin: () => GrowingBatch<Batch, Piece>,
): AsyncGenerator<Batch> {
  let batch = begin();
  for await (const piece of pieces) {
    batch.add(piece);
    if (batch.rows() < rows && batch.bytes() < BATCH_BYTES) continue;
    yield batch.finish();
    batch = begin();
  }
  if (batch.rows() > 0) yield batch.finish();
}

/** Begins a batch, in memory of an earlier one that is no longer needed where there is any. */
export function beginBatch<Batch, Piece>(
  gathering: Gathering<Batch, Piece>,
  form: RowForm,
  spare?: ArrayBuffer,
): GrowingBatch<Batch, Piece> {
  const payload = new GrowingBytes(spare, form.headerLength);
  return {
    add: (piece) => gathering.add(piece, payload),
    rows: gathering.rows,
    bytes: () => payload.length + gathering.held(),
    finish() {
      form.close(payload);
      return gathering.finish(payload.finish());
    },
  };
}

/** Gathers rows for a batch of them. */
export function gatherRows({ text, plain, form }: RowWriter): Gathering<ImportBatch, CsvPiece> {
  const lines: number[] = [];
  const refused: Reject[] = [];
  const ids = createRepeatFinder();
  let rows = 0;
  let held = 0;

  function addRecords(records: readonly CsvRecord[], payload: GrowingBytes): void {
    let written = '';
    for (const record of records) {
      const row = text.write(record);
      if (typeof row === 'string') {
        written += row;
        took(record.line, text.lastId());
      } else refuse(record, row);
    }
    payload.addByteText(written);
  }

  function addPlain(piece: PlainRows, row: number, payload: GrowingBytes): void {
    const reject = plain.write(piece, row, payload);
    if (reject === undefined) took(lineAt(piece, row), plain.lastId());
    else refuse(plainRecord(piece, row), reject);
  }

  function took(line: number, id: string): void {
    lines.push(line);
    ids.add(id);
  }

  function refuse({ line, raw }: CsvRecord, reject: RowReject): void {
    refused.push({ record: { line, raw, cells: [] }, ...reject });
    held += CHARACTER_BYTES * raw.length;
  }

  return {
    add(piece, payload) {
      if (piece.kind === 'records') addRecords(piece.records, payload);
      else for (let row = 0; row < piece.rows; row += 1) addPlain(piece, row, payload);
      rows = lines.length + refused.length;
    },
    rows: () => rows,
    held: () => held,
    finish: (payload) => ({
      ...{ kind: 'rows', rows, count: lines.length, form: form.name, payload, refused },
      lines: Uint32Array.from(lines),
      ...{ hasRepeats: ids.hasRepeats(), ids: ids.ascending() },
    }),
  };
}

/** The rows of a file in batches of so many. */
export function toBatches(
  pieces: AsyncIterable<CsvPiece>,
  writer: RowWriter,
  rows: number,
): AsyncGenerator<ImportBatch> {
  return cutBatches(pieces, rows, () => beginBatch(gatherRows(writer), writer.form));
}

/** The good rows again, for the few batches that have to be looked at one by one. */
export function changesOf({ form, payload }: ImportBatch, layout: ImportLayout): CustomerChange[] {
  const types = [...layout.columns.map(typeOf), ...Object.values(CONSTANTS)];
  return parseRows(form, payload, types).map((values) => fromLayout(layout, values));
}
