import type { Contest } from '../contests/get-contest.ts';
import type { CsvFile, CsvRecord } from '../csv/csv-file.ts';
import { type ColumnMapping, mapColumns } from '../csv/map-columns.ts';
import { type DateOrder, decideDateOrder } from '../csv/parse-date.ts';
import { type DecimalMark, decideDecimalMark } from '../csv/parse-decimal.ts';
import { createNothingCheck } from '../csv/parse-values.ts';
import type { Reject, RejectsFile } from '../csv/rejects-file.ts';
import type { LocatedRow, RefusedRow } from './apply-booking-batch.ts';
import { bookingDates, bookingFields } from './booking-fields.ts';
import { type ParsedBookingRow, parseBookingRow } from './parse-booking-row.ts';
import { createStatusMap } from './parse-booking-status.ts';

export interface ReadingOptions {
  readonly source: string;
  readonly map: readonly string[];
  readonly statusMap: readonly string[];
  readonly timezone?: string | undefined;
  readonly currency: string;
  /** What the operator says about the spelling, before what the columns give away. */
  readonly dateOrder?: DateOrder | undefined;
  /** What a look at the whole file gave, where the first rows leave it open. */
  readonly foundDateOrder?: DateOrder | undefined;
  readonly decimalMark?: DecimalMark | undefined;
  readonly nothing?: readonly string[] | undefined;
}

/** A booking export being read: its rows, and what was found about them so far. */
export interface BookingReading {
  readonly csv: CsvFile;
  readonly mapping: ColumnMapping;
  /** The good rows, batch by batch; the bad ones are refused on the way. */
  batches(): AsyncIterable<readonly LocatedRow[]>;
  refuse(rows: readonly RefusedRow[]): Promise<void>;
  /** Brings the refused rows to the disk: throws while everything can still be taken back. */
  finishRefused(): Promise<void>;
  figures(): { readonly rows: number; readonly rejected: number };
}

/** Reads the rows of an export, refusing the bad ones on the way. `mapping` comes from `mapBookingColumns`. */
export function readBookingFile(
  csv: CsvFile,
  mapping: ColumnMapping,
  contest: Contest,
  options: ReadingOptions,
  rejectsFile: RejectsFile | undefined,
): BookingReading {
  const parseRecord = createRecordParser(csv, mapping, contest, options);
  let rows = 0;
  let rejected = 0;

  async function refuse(refused: readonly RefusedRow[]): Promise<void> {
    rejected += refused.length;
    await rejectsFile?.write(
      refused.map(({ record, field, reason }): Reject => ({ record, column: columnOf(field), reason })),
    );
  }

  function columnOf(field: string): string | undefined {
    const index = mapping.indexOf(field);
    return index === undefined ? field || undefined : csv.header[index];
  }

  async function* batches(): AsyncGenerator<readonly LocatedRow[]> {
    for await (const records of csv.batches) {
      rows += records.length;
      const good: LocatedRow[] = [];
      const bad: RefusedRow[] = [];
      for (const record of records) {
        const { row, fault } = parseRecord(record);
        if (row === undefined) bad.push({ record, ...fault });
        else good.push({ record, row });
      }
      if (bad.length > 0) await refuse(bad);
      if (good.length > 0) yield good;
    }
  }

  return {
    csv,
    mapping,
    batches,
    refuse,
    finishRefused: async () => rejectsFile?.finish(),
    figures: () => ({ rows, rejected }),
  };
}

function createRecordParser(
  csv: CsvFile,
  mapping: ColumnMapping,
  contest: Contest,
  options: ReadingOptions,
): (record: CsvRecord) => ParsedBookingRow {
  const indexes = new Map(bookingFields.map(({ name }) => [name, mapping.indexOf(name)]));
  const attributes = mapping.targets.flatMap((target, index) =>
    target.kind === 'attribute' ? [{ name: target.name, index }] : [],
  );
  const guessed = guessSpelling(csv, mapping);
  const rowOptions = {
    statuses: createStatusMap(options.statusMap),
    timezone: options.timezone ?? contest.timezone,
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

/** What the columns of an export are. Throws `input_unusable` without a column for the booking reference. */
export function mapBookingColumns(csv: CsvFile, map: readonly string[]): ColumnMapping {
  return mapColumns(csv.header, bookingFields, map);
}
