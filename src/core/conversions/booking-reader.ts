import type { CsvFile, CsvOptions } from '../csv/csv-file.ts';
import { mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import { type ReaderPlace, serveReader } from '../csv/serve-reader.ts';
import { createRowForm, type FormName } from '../customers/row-form.ts';
import { bookingFields } from './booking-fields.ts';
import { createRecordParser, type RecordOptions } from './booking-record.ts';
import { type BookingBatch, gatherBookings, memoryOf } from './gather-bookings.ts';

/** What a thread has to read, and how. */
export interface BookingTask {
  readonly csv: CsvOptions;
  readonly map: readonly string[];
  readonly record: RecordOptions;
  readonly form: FormName;
}

/** What is known of an export at its end. */
export type ReadBookings = Pick<CsvFile, 'encoding'>;

async function* readBookings(
  task: BookingTask,
  { input, spare }: ReaderPlace,
): AsyncGenerator<BookingBatch, ReadBookings> {
  const csv = await openCsv(input, task.csv);
  const mapping = mapColumns(csv.header, bookingFields, task.map);
  const parseRecord = createRecordParser(csv, mapping, task.record);
  yield* gatherBookings(csv.batches, parseRecord, createRowForm(task.form, []), spare);
  return { encoding: csv.encoding };
}

serveReader(readBookings, memoryOf);
