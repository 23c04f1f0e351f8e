import type { BookingStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { BookingRow } from './booking.ts';

/** The columns in which a row of a booking export waits in the database, and their order on the way there. */
export const STAGE_COLUMNS = {
  booking_reference: 'text',
  customer_id: 'text',
  email: 'text',
  address_key: 'text',
  code: 'text',
  amount_minor: 'integer',
  refunded_minor: 'integer',
  currency: 'text',
  status: 'text',
  booked_at: 'time',
  completed_at: 'time',
  cancelled_at: 'time',
  updated_at: 'time',
  attributes: 'json',
  line: 'integer',
  /** The row as written, where it may yet be refused. */
  raw: 'text',
} as const;

export type StageColumn = keyof typeof STAGE_COLUMNS;

/** A row that came back. */
export interface StagedRow {
  readonly place: number;
  readonly booking_reference: string;
  readonly customer_id: string | null;
  readonly email: string | null;
  readonly address_key: string | null;
  readonly code: string | null;
  readonly amount_minor: number | null;
  readonly refunded_minor: number | null;
  readonly currency: string;
  readonly status: BookingStatus | null;
  readonly booked_at: Instant | null;
  readonly completed_at: Instant | null;
  readonly cancelled_at: Instant | null;
  readonly updated_at: Instant | null;
  readonly attributes: string;
  readonly line: number;
  readonly raw: string | null;
}

/** The row of the export that was staged. */
export function fromStage(staged: StagedRow): BookingRow {
  return {
    booking_reference: staged.booking_reference,
    customer_id: staged.customer_id ?? undefined,
    email: staged.email ?? undefined,
    code: staged.code ?? undefined,
    amount_minor: staged.amount_minor ?? undefined,
    refunded_minor: staged.refunded_minor ?? undefined,
    currency: staged.currency,
    status: staged.status ?? undefined,
    booked_at: staged.booked_at ?? undefined,
    completed_at: staged.completed_at ?? undefined,
    cancelled_at: staged.cancelled_at ?? undefined,
    updated_at: staged.updated_at ?? undefined,
    attributes: JSON.parse(staged.attributes) as Record<string, string>,
  };
}
