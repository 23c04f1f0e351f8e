import type { CsvRecord } from '../csv/csv-file.ts';
import type { Reject } from '../csv/rejects-file.ts';
import { parseCopyRows } from '../database/copy-text.ts';
import type { CustomerChange } from './customer.ts';
import { fromLayout, type ImportLayout, type LayoutValue } from './import-layout.ts';
import type { RowForm } from './row-form.ts';
import type { RowWriter } from './row-writer.ts';

/** Some rows of a file, read and checked, as the database takes them. */
export interface ImportBatch {
  /** How many rows of the file these are, refused ones included. */
  readonly rows: number;
  /** How many of them are good. */
  readonly count: number;
  /** The good rows in the file's layout: an array of arrays, or UTF-8 text for COPY. */
  readonly payload: string | Uint8Array<ArrayBuffer>;
  /** The line of each good row. */
  readonly lines: Uint32Array<ArrayBuffer>;
  /** Is a customer named twice among them? */
  readonly hasRepeats: boolean;
  readonly refused: readonly Reject[];
}

/** Reads and checks rows of the file. */
export function toBatch(records: readonly CsvRecord[], writer: RowWriter, form: RowForm): ImportBatch {
  const lines = new Uint32Array(records.length);
  const refused: Reject[] = [];
  const ids = new Set<string>();
  let rows = '';
  let count = 0;
  for (const record of records) {
    const written = writer.write(record);
    if (typeof written !== 'string') {
      const { line, raw } = record;
      refused.push({ record: { line, raw, cells: [] }, ...written });
      continue;
    }
    rows += count === 0 ? written : form.betweenRows + written;
    lines[count] = record.line;
    count += 1;
    ids.add(writer.lastId());
  }
  return {
    ...{ rows: records.length, count, payload: form.payload(rows), refused },
    lines: count === records.length ? lines : lines.slice(0, count),
    hasRepeats: ids.size < count,
  };
}

/** The good rows again, for the few batches that have to be looked at one by one. */
export function changesOf({ payload }: ImportBatch, layout: ImportLayout): CustomerChange[] {
  const rows =
    typeof payload === 'string' ? (JSON.parse(payload) as LayoutValue[][]) : parseCopyRows(payload);
  return rows.map((values) =>
    fromLayout(layout, typeof payload === 'string' ? values : typed(layout, values)),
  );
}

function typed({ columns }: ImportLayout, values: readonly LayoutValue[]): LayoutValue[] {
  return columns.map((column, index) => {
    const value = values[index] ?? null;
    return value !== null && (column === 'total_bookings' || column === 'total_spend')
      ? Number(value)
      : value;
  });
}
