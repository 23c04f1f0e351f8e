import { canonicalJson } from '../canonical-json.ts';
import { parseAddress } from '../customers/address-key.ts';
import { createRowForm, type RowForm } from '../customers/row-form.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { LocatedRow } from './apply-booking-batch.ts';
import type { BookingReading } from './read-booking-file.ts';
import { createStage, fillStage, indexStage } from './stage-queries.ts';

const FLUSH_AT = 1_000_000;

/** Brings all good rows of a file into a temporary table; after that the hash of the file is known. */
export async function stageBookings(
  queries: Queries,
  reading: BookingReading,
  onBatch: () => void,
): Promise<void> {
  await createStage(queries);
  const form = createRowForm(engineOf(queries) === 'sqlite' ? 'jsonb' : 'copy', []);
  let text = '';
  const flush = async (): Promise<void> => {
    if (text === '') return;
    await fillStage(queries, toPayload(form, text));
    text = '';
  };
  for await (const rows of reading.batches()) {
    for (const row of rows) text += spellRow(form, row);
    if (text.length >= FLUSH_AT) await flush();
    onBatch();
  }
  await flush();
  await indexStage(queries);
}

function toPayload(form: RowForm, text: string): Uint8Array {
  const payload = Buffer.allocUnsafeSlow(form.headerLength + text.length);
  payload.write(text, form.headerLength, 'latin1');
  form.finish(payload);
  return payload;
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
    form.quote(form.escape(attributesText(row.attributes))),
    form.number(record.line),
    isUncertain ? text(record.raw) : form.nothing,
  ]);
}

function attributesText(attributes: Readonly<Record<string, string>>): string {
  for (const _ in attributes) return canonicalJson(attributes);
  return '{}';
}
