import type { CsvRecord } from '../csv/csv-file.ts';
import type { Reject } from '../csv/rejects-file.ts';
import type { CustomerChange } from './customer.ts';
import { createRepeatFinder } from './find-repeats.ts';
import { fromLayout, type ImportLayout, type LayoutValue } from './import-layout.ts';
import { type FormName, parseRows, type RowForm } from './row-form.ts';
import type { RowWriter } from './row-writer.ts';

/** Some rows of a file, read and checked, as the database takes them. */
export interface ImportBatch {
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
  readonly refused: readonly Reject[];
}

// Of rows however long, a batch is closed with the piece that fills it this far.
const BATCH_BYTES = 1_000_000;
const FIRST_BYTES = 1_048_576;

export interface BatchOptions {
  /** Rows in a batch, at least. */
  readonly rows: number;
  /** Memory of an earlier batch that is no longer needed. */
  readonly takeSpare?: () => ArrayBuffer | undefined;
}

/**
 * Batches of at least so many rows, or bytes, but for the last one, from rows that come in any number. Each is put into bytes as soon as it is read: what
 * lives no longer than its piece of the file costs the least memory.
 */
export async function* toBatches(
  pieces: AsyncIterable<readonly CsvRecord[]>,
  writer: RowWriter,
  form: RowForm,
  { rows, takeSpare }: BatchOptions,
): AsyncGenerator<ImportBatch> {
  let batch = createBatch(writer, form, takeSpare?.());
  for await (const records of pieces) {
    batch.add(records);
    if (batch.rows() < rows && batch.bytes() < BATCH_BYTES) continue;
    yield batch.finish();
    batch = createBatch(writer, form, takeSpare?.());
  }
  if (batch.rows() > 0) yield batch.finish();
}

interface GrowingBatch {
  add(records: readonly CsvRecord[]): void;
  rows(): number;
  bytes(): number;
  finish(): ImportBatch;
}

function createBatch(writer: RowWriter, form: RowForm, spare: ArrayBuffer | undefined): GrowingBatch {
  const lines: number[] = [];
  const refused: Reject[] = [];
  const ids = createRepeatFinder();
  let bytes = spare === undefined ? Buffer.allocUnsafeSlow(FIRST_BYTES) : Buffer.from(spare);
  let length = form.headerLength;
  let rows = 0;

  function add(records: readonly CsvRecord[]): void {
    let text = '';
    for (const record of records) {
      const written = writer.write(record);
      if (typeof written === 'string') {
        text += written;
        lines.push(record.line);
        ids.add(writer.lastId());
      } else {
        const { line, raw } = record;
        refused.push({ record: { line, raw, cells: [] }, ...written });
      }
    }
    rows += records.length;
    bytes = withRoom(bytes, length, text.length);
    length += bytes.write(text, length, 'latin1');
  }

  function finish(): ImportBatch {
    const payload = new Uint8Array(bytes.buffer, 0, length);
    form.finish(payload);
    return {
      ...{ rows, count: lines.length, form: form.name, payload, refused },
      lines: Uint32Array.from(lines),
      hasRepeats: ids.hasRepeats(),
    };
  }

  return { add, rows: () => rows, bytes: () => length, finish };
}

/** The same bytes, the first `length` of them, where `more` can follow. */
function withRoom(bytes: Buffer<ArrayBuffer>, length: number, more: number): Buffer<ArrayBuffer> {
  if (length + more <= bytes.length) return bytes;
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, length + more));
  larger.set(bytes.subarray(0, length));
  return larger;
}

/** The good rows again, for the few batches that have to be looked at one by one. */
export function changesOf({ form, payload }: ImportBatch, layout: ImportLayout): CustomerChange[] {
  return parseRows(form, payload).map((values) => fromLayout(layout, typed(layout, values)));
}

function typed({ columns }: ImportLayout, values: readonly LayoutValue[]): LayoutValue[] {
  return columns.map((column, index) => {
    const value = values[index] ?? null;
    return value !== null && (column === 'total_bookings' || column === 'total_spend')
      ? Number(value)
      : value;
  });
}
