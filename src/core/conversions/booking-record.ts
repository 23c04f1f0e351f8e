import type { CsvFile, CsvRecord } from '../csv/csv-file.ts';
import type { ColumnMapping } from '../csv/map-columns.ts';
import { type DateOrder, decideDateOrder } from '../csv/parse-date.ts';
import { type DecimalMark, decideDecimalMark } from '../csv/parse-decimal.ts';
import { createNothingCheck } from '../csv/parse-values.ts';
import { bookingDates, bookingFields } from './booking-fields.ts';
import { type ParsedBookingRow, parseBookingRow } from './parse-booking-row.ts';
import { createStatusMap } from './parse-booking-status.ts';

/** How the rows of an export are read; plain data, so that it can go to another thread. */
export interface RecordOptions {
  readonly statusMap: readonly string[];
  /** For times without a zone. */
  readonly timezone: string;
  /** For rows without a currency. */
  readonly currency: string;
  /** What the operator says about the spelling, before what the columns give away. */
  readonly dateOrder?: DateOrder | undefined;
  /** What a look at the whole file gave, where the first rows leave it open: see `lookForDateOrder`. */
  readonly foundDateOrder?: DateOrder | undefined;
  readonly decimalMark?: DecimalMark | undefined;
  /** Further spellings of nothing, beside the usual ones. */
  readonly nothing?: readonly string[] | undefined;
}

/** What makes rows of the records of an export. */
export function createRecordParser(
  csv: CsvFile,
  mapping: ColumnMapping,
  options: RecordOptions,
): (record: CsvRecord) => ParsedBookingRow {
  const indexes = new Map(bookingFields.map(({ name }) => [name, mapping.indexOf(name)]));
  const attributes = mapping.targets.flatMap((target, index) =>
    target.kind === 'attribute' ? [{ name: target.name, index }] : [],
  );
  const guessed = guessSpelling(csv, mapping);
  const rowOptions = {
    statuses: createStatusMap(options.statusMap),
    timezone: options.timezone,
    currency: options.currency,
    dateOrder: options.dateOrder ?? guessed.dateOrder ?? options.foundDateOrder,
    decimalMark: options.decimalMark ?? guessed.decimalMark,
    days: new Map(),
  };
  const isNothing = createNothingCheck(options.nothing);
  const textOf = (record: CsvRecord, index: number): string => {
    const cell = record.cells[index] ?? '';
    return isNothing(cell) ? '' : cell;
  };
  return (record) => {
    if (record.problem !== undefined) return { fault: { field: '', reason: record.problem } };
    const cell = (field: string): string | undefined => {
      const index = indexes.get(field);
      return index === undefined ? undefined : textOf(record, index);
    };
    const extra: Record<string, string> = {};
    for (const { name, index } of attributes) extra[name] = textOf(record, index);
    return parseBookingRow(cell, extra, rowOptions);
  };
}

// What the first rows give away: is 3/4/2026 in April, is 1,234 more than a thousand.
function guessSpelling(
  csv: CsvFile,
  mapping: ColumnMapping,
): { dateOrder: DateOrder | undefined; decimalMark: DecimalMark | undefined } {
  const cells = (fields: readonly string[]): string[] =>
    fields.flatMap((field) => {
      const index = mapping.indexOf(field);
      return index === undefined ? [] : csv.sample.map((record) => record.cells[index] ?? '');
    });
  return {
    dateOrder: decideDateOrder(cells(bookingDates)),
    decimalMark: decideDecimalMark(cells(['amount', 'refunded_amount'])),
  };
}
