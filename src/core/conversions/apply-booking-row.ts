import { canonicalJson } from '../canonical-json.ts';
import type { BookingStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { type Booking, type BookingRow, isFullyRefunded } from './booking.ts';

export interface ApplyOptions {
  /** The moment of the import: when a new booking that carries no time at all was made. */
  readonly now: Instant;
  /** Who booked, when the row says so. */
  readonly customerRef: number | undefined;
}

export type BookingTransition =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'created' | 'updated'; readonly booking: Booking };

/**
 * What a row of an export does to a booking: nothing, when it tells nothing new or an older state than the one known
 * (by `updated_at`, else by the order of imports); a cancelled or refunded booking comes back only with a newer `updated_at`.
 */
export function applyBookingRow(
  known: Booking | undefined,
  row: BookingRow,
  options: ApplyOptions,
): BookingTransition {
  if (known !== undefined && isOlder(known, row)) return { kind: 'unchanged' };
  const booking = mergeRow(known, row, options);
  if (known === undefined) return { kind: 'created', booking };
  if (comesBack(known, booking) && !isNewer(known, row)) return { kind: 'unchanged' };
  const isSame = Object.keys(compareBookings(known, booking)).length === 0;
  return isSame ? { kind: 'unchanged' } : { kind: 'updated', booking };
}

function isOlder(known: Booking, row: BookingRow): boolean {
  return known.updated_at !== null && row.updated_at !== undefined && row.updated_at < known.updated_at;
}

function isNewer(known: Booking, row: BookingRow): boolean {
  return row.updated_at !== undefined && (known.updated_at === null || row.updated_at > known.updated_at);
}

function comesBack(known: Booking, booking: Booking): boolean {
  const over = (status: BookingStatus): boolean => status === 'cancelled' || status === 'refunded';
  return over(known.status) && !over(booking.status);
}

function mergeRow(known: Booking | undefined, row: BookingRow, { now, customerRef }: ApplyOptions): Booking {
  const status = row.status ?? known?.status ?? 'confirmed';
  const amount = row.amount_minor ?? known?.amount_minor ?? 0;
  return {
    customer_ref: customerRef ?? known?.customer_ref ?? null,
    code: row.code ?? known?.code ?? null,
    amount_minor: amount,
    refunded_minor: refundedAmount(known, row, status, amount),
    currency: row.amount_minor === undefined && known !== undefined ? known.currency : row.currency,
    status,
    booked_at: row.booked_at ?? known?.booked_at ?? row.completed_at ?? row.updated_at ?? now,
    completed_at: row.completed_at ?? known?.completed_at ?? null,
    cancelled_at:
      status === 'cancelled' ? (row.cancelled_at ?? known?.cancelled_at ?? null) : (row.cancelled_at ?? null),
    updated_at: row.updated_at ?? known?.updated_at ?? null,
    attributes: { ...known?.attributes, ...row.attributes },
  };
}

function refundedAmount(
  known: Booking | undefined,
  row: BookingRow,
  status: BookingStatus,
  amount: number,
): number {
  if (row.refunded_minor !== undefined) return row.refunded_minor;
  if (row.status === 'refunded') return amount;
  if (known === undefined) return 0;
  if (known.status === 'refunded') {
    if (status !== 'refunded') return 0;
    if (isFullyRefunded(known)) return amount;
  }
  return Math.min(known.refunded_minor, amount);
}

/** What differs between two states of a booking: field → [before, after]. */
export function compareBookings(before: Booking, after: Booking): BookingDifferences {
  const differences: Record<string, readonly [unknown, unknown]> = {};
  for (const key of Object.keys(after) as (keyof Booking)[]) {
    const [old, fresh] = [before[key], after[key]];
    const isSame = key === 'attributes' ? canonicalJson(old) === canonicalJson(fresh) : old === fresh;
    if (!isSame) differences[key] = [old, fresh];
  }
  return differences;
}

export type BookingDifferences = Readonly<Record<string, readonly [unknown, unknown]>>;
