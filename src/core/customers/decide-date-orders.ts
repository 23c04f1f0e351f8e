import type { Readable } from 'node:stream';
import type { CsvFile, CsvOptions } from '../csv/csv-file.ts';
import { type FieldSpec, mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import { type DateOrder, decideDateOrder, findDateOrder, isAmbiguousDate } from '../csv/parse-date.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { isDateField } from './parse-customer-cell.ts';

/** The order of day and month in columns whose first rows leave it open, by column. */
export type DateOrders = Readonly<Record<string, DateOrder>>;

interface DatedFields {
  readonly fields: readonly FieldSpec[];
  /** Is that field a date? */
  readonly isDate: (name: string) => boolean;
}

const CUSTOMERS: DatedFields = { fields: customerImportFields, isDate: isDateField };

/**
 * Reads a file through for the order of day and month, if its first rows have dates that can be read both ways and none that
 * tells which. A column without any such date, or with dates of both orders, is not in the answer. Throws `input_unusable` and `usage`.
 */
export async function decideDateOrders(
  input: Readable,
  options: CsvOptions & { readonly map: readonly string[] },
  { fields, isDate }: DatedFields = CUSTOMERS,
): Promise<DateOrders> {
  try {
    const csv = await openCsv(input, options);
    const { targets } = mapColumns(csv.header, fields, options.map);
    const open: number[] = [];
    for (const [index, target] of targets.entries()) {
      if (target.kind === 'field' && isDate(target.name) && isOpen(csv, index)) open.push(index);
    }
    return open.length === 0 ? {} : await readOrders(csv, open);
  } finally {
    input.destroy();
  }
}

function isOpen({ sample }: CsvFile, index: number): boolean {
  const values = sample.map((record) => record.cells[index] ?? '');
  return decideDateOrder(values) === undefined && values.some(isAmbiguousDate);
}

async function readOrders(csv: CsvFile, columns: readonly number[]): Promise<DateOrders> {
  const found = new Map<number, DateOrder | 'both'>();
  for await (const batch of csv.batches) {
    for (const { cells, problem } of batch) {
      if (problem !== undefined) continue;
      for (const column of columns) note(found, column, findDateOrder(cells[column] ?? ''));
    }
  }
  const orders: Record<string, DateOrder> = {};
  for (const [column, order] of found) {
    if (order !== 'both') orders[csv.header[column] ?? ''] = order;
  }
  return orders;
}

function note(found: Map<number, DateOrder | 'both'>, column: number, order: DateOrder | undefined): void {
  if (order === undefined) return;
  const known = found.get(column);
  found.set(column, known === undefined || known === order ? order : 'both');
}
