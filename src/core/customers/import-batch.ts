import type { CsvRecord } from '../csv/csv-file.ts';
import type { Reject } from '../csv/rejects-file.ts';
import type { CustomerChange } from './customer.ts';
import { createRepeatFinder } from './find-repeats.ts';
import { growBytes } from './growing-bytes.ts';
import { fromLayout, type ImportLayout, type LayoutColumn, type LayoutValue } from './import-layout.ts';
import { type FormName, parseRows, type RowForm } from './row-form.ts';
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
  readonly refused: readonly Reject[];
}

// Of rows however long, refused ones too, a batch is closed with the piece that fills it this far.
const BATCH_BYTES = 1_000_000;
const NUMBERS: ReadonlySet<LayoutColumn> = new Set(['total_bookings', 'total_spend', 'row_hash']);

/** A batch in the making. */
export interface GrowingBatch<Batch> {
  add(records: readonly CsvRecord[]): void;
  rows(): number;
  /** Of all that it holds. */
  bytes(): number;
  finish(): Batch;
}

/** What becomes of the rows of a batch: each piece of text goes to the payload. */
export interface Gathering<Batch> {
  add(records: readonly CsvRecord[]): string;
  rows(): number;
  /** Bytes or characters of rows that it holds beside the payload. */
  held(): number;
  finish(payload: Uint8Array<ArrayBuffer>): Batch;
}

/**
 * Batches of at least so many rows, or bytes, but for the last one, from rows that come in any number. Each is put into bytes as soon as it is read: what
 * lives no longer than its piece of the file costs the least memory.
 */
export async function* cutBatches<Batch>(
  pieces: AsyncIterable<readonly CsvRecord[]>,
  rows: number,
  begin: () => GrowingBatch<Batch>,
): AsyncGenerator<Batch> {
  let batch = begin();
  for await (const records of pieces) {
    batch.add(records);
    if (batch.rows() < rows && batch.bytes() < BATCH_BYTES) continue;
    yield batch.finish();
    batch = begin();
  }
  if (batch.rows() > 0) yield batch.finish();
}

/** Begins a batch, in memory of an earlier one that is no longer needed where there is any. */
export function beginBatch<Batch>(
  gathering: Gathering<Batch>,
  form: RowForm,
  spare?: ArrayBuffer,
): GrowingBatch<Batch> {
  const payload = growBytes({ encoding: 'latin1', from: form.headerLength, spare });
  return {
    add: (records) => payload.append(gathering.add(records)),
    rows: gathering.rows,
    bytes: () => payload.length() + gathering.held(),
    finish() {
      const bytes = payload.finish();
      form.finish(bytes);
      return gathering.finish(bytes);
    },
  };
}

/** Gathers rows for a batch of them. */
export function gatherRows(writer: RowWriter, form: RowForm): Gathering<ImportBatch> {
  const lines: number[] = [];
  const refused: Reject[] = [];
  const ids = createRepeatFinder();
  let rows = 0;
  let held = 0;

  function add(records: readonly CsvRecord[]): string {
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
        held += raw.length;
      }
    }
    rows += records.length;
    return text;
  }

  return {
    add,
    rows: () => rows,
    held: () => held,
    finish: (payload) => ({
      ...{ kind: 'rows', rows, count: lines.length, form: form.name, payload, refused },
      lines: Uint32Array.from(lines),
      hasRepeats: ids.hasRepeats(),
    }),
  };
}

/** The rows of a file in batches of so many. */
export function toBatches(
  pieces: AsyncIterable<readonly CsvRecord[]>,
  writer: RowWriter,
  form: RowForm,
  rows: number,
): AsyncGenerator<ImportBatch> {
  return cutBatches(pieces, rows, () => beginBatch(gatherRows(writer, form), form));
}

/** The good rows again, for the few batches that have to be looked at one by one. */
export function changesOf({ form, payload }: ImportBatch, layout: ImportLayout): CustomerChange[] {
  return parseRows(form, payload).map((values) => fromLayout(layout, typed(layout, values)));
}

function typed({ columns }: ImportLayout, values: readonly LayoutValue[]): LayoutValue[] {
  return columns.map((column, index) => {
    const value = values[index] ?? null;
    return value !== null && NUMBERS.has(column) ? Number(value) : value;
  });
}
