import type { Readable } from 'node:stream';
import type { CsvFile, CsvOptions } from '../csv/csv-file.ts';
import { hashInput } from '../csv/hash-input.ts';
import { type ColumnMapping, mapColumns } from '../csv/map-columns.ts';
import { openCsv } from '../csv/open-csv.ts';
import {
  readOnThread,
  readStart,
  replay,
  type Start,
  startReaderThread,
  type ThreadedRead,
} from '../csv/read-on-thread.ts';
import type { Reject, RejectsFile } from '../csv/rejects-file.ts';
import { createRowForm } from '../customers/row-form.ts';
import type { RefusedRow } from './apply-booking-batch.ts';
import { bookingFields } from './booking-fields.ts';
import type { BookingTask, ReadBookings } from './booking-reader.ts';
import { createRecordParser } from './booking-record.ts';
import { type BookingBatch, gatherBookings, memoryOf } from './gather-bookings.ts';

/** An export whose columns are understood, and none of whose rows were taken yet. */
export interface BookingFile {
  readonly csv: CsvFile;
  readonly mapping: ColumnMapping;
  readonly start: Start;
  /** Of the file's bytes, once its rows have been read. */
  readonly sha256: () => string;
}

/** A booking export being read: its rows, and what was found about them so far. */
export interface BookingReading {
  /** Final once the batches have ended. */
  encoding(): string;
  readonly delimiter: string;
  readonly mapping: ColumnMapping;
  /** The rows, batch by batch; the bad ones are refused on the way. May be read once. */
  batches(): AsyncIterable<BookingBatch>;
  refuse(rows: readonly RefusedRow[]): Promise<void>;
  /** Brings the refused rows to the disk: throws while everything can still be taken back. */
  finishRefused(): Promise<void>;
  figures(): { readonly rows: number; readonly rejected: number };
  readonly sha256: () => string;
  close(): Promise<void>;
}

/** Opens an export. Throws `input_unusable` when it is no CSV, or without a column for the booking reference. */
export async function openBookingFile(
  input: Readable,
  map: readonly string[],
  options: CsvOptions,
): Promise<BookingFile> {
  const hashed = hashInput(input);
  const start = await readStart(hashed);
  const csv = await openCsv(replay(start, start.ended), options);
  return { csv, mapping: mapColumns(csv.header, bookingFields, map), start, sha256: hashed.sha256 };
}

/** Reads the rows of an export, those of a large one on another thread. */
export function readBookingFile(
  { csv, mapping, start, sha256 }: BookingFile,
  task: BookingTask,
  rejectsFile: RejectsFile | undefined,
): BookingReading {
  const thread: ThreadedRead<BookingBatch, ReadBookings> | undefined = start.ended
    ? undefined
    : readOnThread(start, task, startReaderThread('booking-reader', import.meta.url), memoryOf);
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

  function gather(): AsyncIterable<BookingBatch> {
    const parseRecord = createRecordParser(csv, mapping, task.record);
    return gatherBookings(csv.batches, parseRecord, createRowForm(task.form, []));
  }

  async function* batches(): AsyncGenerator<BookingBatch> {
    for await (const batch of thread?.batches ?? gather()) {
      rows += batch.rows;
      if (batch.refused.length > 0) await refuse(batch.refused);
      yield batch;
    }
  }

  return {
    encoding: () => thread?.result()?.encoding ?? csv.encoding,
    delimiter: csv.delimiter,
    mapping,
    batches,
    refuse,
    finishRefused: async () => rejectsFile?.finish(),
    figures: () => ({ rows, rejected }),
    sha256,
    close: async () => thread?.close(),
  };
}
