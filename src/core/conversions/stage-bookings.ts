import { canonicalTexts } from '../canonical-json.ts';
import { parseAddress } from '../customers/address-key.ts';
import { createRowForm, type RowForm } from '../customers/row-form.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { LocatedRow } from './apply-booking-batch.ts';
import type { BookingReading } from './read-booking-file.ts';
import { createRowPayload } from './row-payload.ts';
import { createStage, fillStage, findRepeatedRows, indexStage } from './stage-queries.ts';

/** Bytes to a statement, about. */
const FLUSH_AT = 1_000_000;
const ROOM = 1_250_000;

/**
 * Brings all good rows of a file into a temporary table; after that the hash of the file is known. While PostgreSQL takes some rows in, the
 * next ones are read.
 */
export async function stageBookings(
  queries: Queries,
  reading: BookingReading,
  onBatch: () => void,
): Promise<void> {
  await createStage(queries);
  const form = createRowForm(engineOf(queries) === 'sqlite' ? 'jsonb' : 'copy', []);
  let [payload, other] = [createRowPayload(form, ROOM), createRowPayload(form, ROOM)];
  let sent = Promise.resolve();
  const flush = async (): Promise<void> => {
    if (payload.isEmpty()) return;
    await sent;
    sent = fillStage(queries, payload.finish());
    // Whoever awaits it hears of its failure.
    sent.catch(() => undefined);
    [payload, other] = [other, payload];
  };
  try {
    for await (const rows of reading.batches()) {
      let text = '';
      for (const row of rows) text += spellRow(form, row);
      payload.add(text);
      if (payload.length() >= FLUSH_AT) await flush();
      onBatch();
    }
    await flush();
  } finally {
    await sent;
  }
  await indexStage(queries);
  await findRepeatedRows(queries);
}

/** In the order of `STAGE_COLUMNS`. */
function spellRow(form: RowForm, { record, row }: LocatedRow): string {
  const text = (value: string | undefined): string =>
    value === undefined ? form.nothing : form.quote(form.escape(value));
  const ascii = (value: string | undefined): string =>
    value === undefined ? form.nothing : form.quote(value);
  const number = (value: number | undefined): string =>
    value === undefined ? form.nothing : form.number(value);
  const address = row.email === undefined ? undefined : parseAddress(row.email);
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
    ascii(row.booked_at),
    ascii(row.completed_at),
    ascii(row.cancelled_at),
    ascii(row.updated_at),
    form.quote(form.escape(canonicalTexts(row.attributes))),
    form.number(record.line),
    isUncertain ? text(record.raw) : form.nothing,
  ]);
}
