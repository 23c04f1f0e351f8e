import { canonicalJson } from '../canonical-json.ts';
import type { BookingStatus } from '../database/tables.ts';
import type { BookingRow } from './booking.ts';

export interface FoldedRows<Located> {
  /** Undefined when all of them are refused. */
  readonly row: BookingRow | undefined;
  /** Rows that told something which those before them did not, the first one included. */
  readonly telling: number;
  /** Those that pay back more than the booking came to. */
  readonly refused: readonly Located[];
}

// What rows without times come to: the latest stage of a booking's life.
const STAGES: readonly BookingStatus[] = ['confirmed', 'completed', 'no_show', 'cancelled', 'refunded'];

/**
 * The rows of one file about one booking as the one row that they come to: each field as the last row says it that says it at all. `knownAmount`
 * is what the booking came to before, in minor units. The order in which the rows are given doesn't matter: they count by `updated_at`, those
 * without it first, then by the stage of a booking's life, then by what they say.
 */
export function foldBookingRows<Located extends { readonly row: BookingRow }>(
  rows: readonly Located[],
  knownAmount: number | undefined,
): FoldedRows<Located> {
  const refused: Located[] = [];
  let folded: BookingRow | undefined;
  let telling = 0;
  const sorted = rows.toSorted((a, b) => compareRows(a.row, b.row));
  // A file that says the amount only later means the same when it comes again.
  const firstAmount = sorted
    .map(({ row }) => row)
    .find(({ amount_minor: of, refunded_minor: back = 0 }) => of !== undefined && back <= of)?.amount_minor;
  for (const located of sorted) {
    const { row } = located;
    const amount = row.amount_minor ?? folded?.amount_minor ?? firstAmount ?? knownAmount ?? 0;
    if (row.refunded_minor !== undefined && row.refunded_minor > amount) {
      refused.push(located);
      continue;
    }
    const next: BookingRow = folded === undefined ? row : follow(folded, row);
    if (folded === undefined || canonicalJson(folded) !== canonicalJson(next)) telling += 1;
    folded = next;
  }
  return { row: folded, telling, refused };
}

function follow(before: BookingRow, row: BookingRow): BookingRow {
  const booker = row.customer_id === undefined && row.email === undefined ? before : row;
  const isOverStill = row.status === undefined || row.status === 'cancelled';
  return {
    booking_reference: row.booking_reference,
    customer_id: booker.customer_id,
    email: booker.email,
    code: row.code ?? before.code,
    amount_minor: row.amount_minor ?? before.amount_minor,
    refunded_minor: refundAfter(before, row),
    currency: row.amount_minor === undefined ? before.currency : row.currency,
    status: row.status ?? before.status,
    booked_at: row.booked_at ?? before.booked_at,
    completed_at: row.completed_at ?? before.completed_at,
    cancelled_at: row.cancelled_at ?? (isOverStill ? before.cancelled_at : undefined),
    updated_at: row.updated_at ?? before.updated_at,
    attributes: { ...before.attributes, ...row.attributes },
  };
}

// `refunded` without an amount is a full refund, and whoever comes back from a refund has nothing refunded.
function refundAfter(before: BookingRow, row: BookingRow): number | undefined {
  if (row.refunded_minor !== undefined) return row.refunded_minor;
  if (row.status === 'refunded') return undefined;
  if (before.status === 'refunded' && row.status !== undefined) return 0;
  if (before.refunded_minor === undefined || row.amount_minor === undefined) return before.refunded_minor;
  return Math.min(before.refunded_minor, row.amount_minor);
}

function compareRows(a: BookingRow, b: BookingRow): number {
  const after = orderOf(b);
  for (const [index, value] of orderOf(a).entries()) {
    const other = after[index];
    if (other !== undefined && value !== other) return value < other ? -1 : 1;
  }
  const [left, right] = [canonicalJson(a), canonicalJson(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function orderOf({
  updated_at = '',
  status,
  refunded_minor = -1,
  amount_minor = -1,
}: BookingRow): readonly (string | number)[] {
  return [updated_at, status === undefined ? -1 : STAGES.indexOf(status), refunded_minor, amount_minor];
}
