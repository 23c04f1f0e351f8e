import { canonicalTexts } from '../canonical-json.ts';
import type { CsvRecord } from '../csv/csv-file.ts';
import type { Address } from '../customers/address-key.ts';
import { beginBatch, CHARACTER_BYTES, cutBatches, type Gathering } from '../customers/import-batch.ts';
import type { RowForm } from '../customers/row-form.ts';
import type { GrowingBytes } from '../growing-bytes.ts';
import type { Instant } from '../time.ts';
import type { RefusedRow } from './apply-booking-batch.ts';
import type { BookingRow } from './booking.ts';
import type { ParsedBookingRow } from './parse-booking-row.ts';

/** Some rows of an export, read and checked, as the database takes them. */
export interface BookingBatch {
  /** How many rows of the file these are, refused ones included. */
  readonly rows: number;
  /** How many of them are good. */
  readonly count: number;
  /** The good rows in the order of `STAGE_COLUMNS`. */
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly refused: readonly RefusedRow[];
}

/** The memory of a batch that can be used again for another one. */
export function memoryOf({ payload }: BookingBatch): ArrayBuffer[] {
  return [payload.buffer];
}

/** Rows in a batch, at least. */
const BATCH_ROWS = 4_000;

/** The rows of an export in batches. `spare` gives memory of an earlier one. */
export function gatherBookings(
  pieces: AsyncIterable<readonly CsvRecord[]>,
  parseRecord: (record: CsvRecord) => ParsedBookingRow,
  form: RowForm,
  spare: () => ArrayBuffer | undefined = () => undefined,
): AsyncGenerator<BookingBatch> {
  return cutBatches(pieces, BATCH_ROWS, () => beginBatch(gatherRows(parseRecord, form), form, spare()));
}

function gatherRows(
  parseRecord: (record: CsvRecord) => ParsedBookingRow,
  form: RowForm,
): Gathering<BookingBatch, readonly CsvRecord[]> {
  const refused: RefusedRow[] = [];
  let rows = 0;
  let held = 0;

  function add(records: readonly CsvRecord[], payload: GrowingBytes): void {
    let text = '';
    for (const record of records) {
      const { row, address, fault } = parseRecord(record);
      if (row === undefined) {
        const { line, raw } = record;
        refused.push({ record: { line, raw, cells: [] }, ...fault });
        held += CHARACTER_BYTES * raw.length;
      } else text += spellRow(form, record, row, address);
    }
    rows += records.length;
    payload.addByteText(text);
  }

  return {
    add,
    rows: () => rows,
    held: () => held,
    finish: (payload) => ({ rows, count: rows - refused.length, payload, refused }),
  };
}

/** In the order of `STAGE_COLUMNS`. */
function spellRow(form: RowForm, record: CsvRecord, row: BookingRow, address: Address | undefined): string {
  const text = (value: string | undefined): string =>
    value === undefined ? form.nothing : form.quote(form.escape(value));
  const ascii = (value: string | undefined): string =>
    value === undefined ? form.nothing : form.quote(value);
  const time = (value: Instant | undefined): string =>
    value === undefined ? form.nothing : form.time(value);
  const number = (value: number | undefined): string =>
    value === undefined ? form.nothing : form.number(value);
  // Without an amount only the booking that is known can tell whether so much may be paid back.
  const isUncertain = row.refunded_minor !== undefined && row.amount_minor === undefined;
  return form.row([
    text(row.booking_reference),
    text(row.customer_id),
    text(address?.email),
    text(address?.address_key),
    text(row.code),
    number(row.amount_minor),
    number(row.refunded_minor),
    ascii(row.currency),
    ascii(row.status),
    time(row.booked_at),
    time(row.completed_at),
    time(row.cancelled_at),
    time(row.updated_at),
    form.json(form.escape(canonicalTexts(row.attributes))),
    form.number(record.line),
    isUncertain ? text(record.raw) : form.nothing,
  ]);
}
