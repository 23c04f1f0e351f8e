import { describe, expect, test } from 'vitest';
import { applyBookingRow } from './apply-booking-row.ts';
import type { Booking, BookingRow } from './booking.ts';

const NOW = '2026-09-01T00:00:00.000Z';
const row = (more: Partial<BookingRow> = {}): BookingRow => ({
  ...{
    booking_reference: 'B-1',
    customer_id: undefined,
    email: undefined,
    code: undefined,
    amount_minor: undefined,
  },
  ...{
    refunded_minor: undefined,
    currency: 'EUR',
    status: undefined,
    booked_at: undefined,
    completed_at: undefined,
  },
  ...{ cancelled_at: undefined, updated_at: undefined, attributes: {} },
  ...more,
});
const apply = (known: Booking | undefined, next: BookingRow) =>
  applyBookingRow(known, next, { now: NOW, customerRef: undefined });
function bookingAfter(...rows: readonly BookingRow[]): Booking {
  let known: Booking | undefined;
  for (const next of rows) {
    const transition = apply(known, next);
    if (transition.kind === 'created' || transition.kind === 'updated') known = transition.booking;
  }
  if (known === undefined) throw new Error('nothing was created');
  return known;
}

describe('applyBookingRow', () => {
  test('creates a confirmed booking of nothing, now, from a reference alone', () => {
    expect(bookingAfter(row())).toMatchObject({
      status: 'confirmed',
      amount_minor: 0,
      booked_at: NOW,
      currency: 'EUR',
    });
  });

  test('takes refunded without an amount as a full refund, and with one as a partial refund', () => {
    expect(bookingAfter(row({ amount_minor: 500, status: 'refunded' }))).toMatchObject({
      refunded_minor: 500,
    });
    expect(bookingAfter(row({ amount_minor: 500, status: 'refunded', refunded_minor: 20 }))).toMatchObject({
      refunded_minor: 20,
    });
  });

  test('leaves a refund as it is where the row says nothing about it', () => {
    const partial = bookingAfter(row({ amount_minor: 500, status: 'refunded', refunded_minor: 20 }));
    expect(apply(partial, row({ code: 'K' }))).toMatchObject({ booking: { refunded_minor: 20 } });
    const full = bookingAfter(row({ amount_minor: 500, status: 'refunded' }));
    expect(apply(full, row({ amount_minor: 600 }))).toMatchObject({ booking: { refunded_minor: 600 } });
  });

  test('keeps what an empty cell does not say', () => {
    const known = bookingAfter(
      row({ amount_minor: 500, code: 'K', completed_at: NOW, attributes: { city: 'Utrecht' } }),
    );
    expect(apply(known, row())).toEqual({ kind: 'unchanged' });
  });

  test('adds a code later', () => {
    expect(apply(bookingAfter(row()), row({ code: 'K' }))).toMatchObject({
      kind: 'updated',
      booking: { code: 'K' },
    });
  });

  test('ignores an older state, and lets the order of imports decide where times are missing', () => {
    const known = bookingAfter(row({ status: 'completed', updated_at: '2026-07-02T00:00:00.000Z' }));
    expect(apply(known, row({ status: 'confirmed', updated_at: '2026-07-01T00:00:00.000Z' })).kind).toBe(
      'unchanged',
    );
    expect(apply(known, row({ status: 'confirmed' })).kind).toBe('updated');
  });

  test('lets a cancelled or refunded booking back only with a newer updated_at', () => {
    for (const status of ['cancelled', 'refunded'] as const) {
      const known = bookingAfter(row({ status, amount_minor: 5, updated_at: '2026-07-02T00:00:00.000Z' }));
      expect(apply(known, row({ status: 'completed' })).kind).toBe('unchanged');
      expect(apply(known, row({ status: 'completed', updated_at: known.updated_at ?? undefined })).kind).toBe(
        'unchanged',
      );
      expect(
        apply(known, row({ status: 'completed', updated_at: '2026-07-03T00:00:00.000Z' })),
      ).toMatchObject({
        booking: { status: 'completed', refunded_minor: 0 },
      });
    }
  });
});
