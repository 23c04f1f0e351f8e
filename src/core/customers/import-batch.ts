import type { CsvRecord } from '../csv/csv-file.ts';
import type { Reject } from '../csv/rejects-file.ts';
import { formatCopyRow, parseCopyRows } from '../database/copy-text.ts';
import type { CustomerChange } from './customer.ts';
import { fromLayout, type ImportLayout, type LayoutValue, toLayout } from './import-layout.ts';
import type { CustomerRowReader } from './parse-customer-row.ts';

/** How rows travel: as JSON that SQLite reads, or as text for PostgreSQL's COPY. */
export type BatchForm = 'json' | 'copy';

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

export interface BatchOptions {
  readonly form: BatchForm;
  readonly layout: ImportLayout;
  /** What every row ends with when it is copied. */
  readonly constants: readonly string[];
}

/** Reads and checks rows of the file. */
export function toBatch(
  records: readonly CsvRecord[],
  read: CustomerRowReader,
  { form, layout, constants }: BatchOptions,
): ImportBatch {
  const parts: string[] = [];
  const lines: number[] = [];
  const refused: Reject[] = [];
  const ids = new Set<string>();
  for (const record of records) {
    const row = read(record);
    if ('reject' in row) {
      const { line, raw } = record;
      refused.push({
        record: { line, raw, cells: [] },
        column: row.reject.column,
        reason: row.reject.reason,
      });
      continue;
    }
    const values = toLayout(layout, row.change);
    parts.push(form === 'json' ? JSON.stringify(values) : formatCopyRow([...values, ...constants]));
    lines.push(record.line);
    ids.add(row.change.customer_id);
  }
  const payload = form === 'json' ? `[${parts.join(',')}]` : new TextEncoder().encode(parts.join(''));
  return {
    rows: records.length,
    count: parts.length,
    payload,
    lines: Uint32Array.from(lines),
    hasRepeats: ids.size < parts.length,
    refused,
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
