import type { BookingStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** What is known about a booking, apart from what identifies it. Amounts in minor units of `currency`. */
export interface Booking {
  readonly customer_ref: number | null;
  /** As normalised by `normaliseCode`. */
  readonly code: string | null;
  readonly amount_minor: number;
  readonly refunded_minor: number;
  readonly currency: string;
  readonly status: BookingStatus;
  readonly booked_at: Instant;
  readonly completed_at: Instant | null;
  readonly cancelled_at: Instant | null;
  readonly updated_at: Instant | null;
  readonly attributes: Readonly<Record<string, string>>;
}

/** One row of a booking export; what its columns don't say is undefined. */
export interface BookingRow {
  readonly booking_reference: string;
  readonly customer_id: string | undefined;
  readonly email: string | undefined;
  readonly code: string | undefined;
  readonly amount_minor: number | undefined;
  readonly refunded_minor: number | undefined;
  readonly currency: string;
  readonly status: BookingStatus | undefined;
  readonly booked_at: Instant | undefined;
  readonly completed_at: Instant | undefined;
  readonly cancelled_at: Instant | undefined;
  readonly updated_at: Instant | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Did the stay, trip or purchase take place, or may it still? */
export function isStanding(booking: Pick<Booking, 'status' | 'amount_minor' | 'refunded_minor'>): boolean {
  if (booking.status === 'cancelled' || booking.status === 'no_show') return false;
  return !isFullyRefunded(booking);
}

/** Was all of the money given back? A free booking is only refunded when its status says so. */
export function isFullyRefunded({
  status,
  amount_minor,
  refunded_minor,
}: Pick<Booking, 'status' | 'amount_minor' | 'refunded_minor'>): boolean {
  if (status !== 'refunded' && refunded_minor === 0) return false;
  return refunded_minor >= amount_minor;
}
