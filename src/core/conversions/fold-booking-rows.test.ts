import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyBookingRow } from './apply-booking-row.ts';
import type { Booking, BookingRow } from './booking.ts';
import { foldBookingRows } from './fold-booking-rows.ts';

const NOW = '2026-09-01T00:00:00.000Z';
const day = (number: number): string => `2026-07-0${number}T00:00:00.000Z`;
const EMPTY: BookingRow = {
  ...{ booking_reference: 'B-1', customer_id: undefined, email: undefined, code: undefined },
  ...{ amount_minor: undefined, refunded_minor: undefined, currency: 'EUR', status: undefined },
  ...{ booked_at: undefined, completed_at: undefined, cancelled_at: undefined, updated_at: undefined },
  attributes: {},
};
const located = (rows: readonly Partial<BookingRow>[]) =>
  rows.map((more) => ({ row: { ...EMPTY, ...more } as BookingRow }));
const fold = (...rows: readonly Partial<BookingRow>[]) => foldBookingRows(located(rows), undefined);

const anyRow = fc.record(
  {
    status: fc.constantFrom('confirmed', 'completed', 'cancelled', 'no_show', 'refunded' as const),
    amount_minor: fc.integer({ min: 0, max: 3 }),
    refunded_minor: fc.integer({ min: 0, max: 3 }),
    code: fc.constantFrom('K', 'L'),
    updated_at: fc.integer({ min: 1, max: 3 }).map(day),
    cancelled_at: fc.integer({ min: 1, max: 3 }).map(day),
    attributes: fc.dictionary(fc.constantFrom('city', 'room'), fc.constantFrom('1', '2')),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<BookingRow>>;

describe('foldBookingRows', () => {
  test('takes each field from the last row that says it', () => {
    const { row, telling } = fold(
      { status: 'completed', updated_at: day(2) },
      { status: 'confirmed', amount_minor: 100, code: 'K', updated_at: day(1) },
      { updated_at: day(2), status: 'completed' },
    );
    expect(row).toMatchObject({ status: 'completed', amount_minor: 100, code: 'K', updated_at: day(2) });
    expect(telling).toBe(2);
  });

  test('takes the later stage of a booking where there are no times', () => {
    expect(fold({ status: 'cancelled' }, { status: 'completed' }).row).toMatchObject({ status: 'cancelled' });
  });

  test('refuses the rows that pay back more than the booking came to then', () => {
    const [first, second, third] = located([
      { amount_minor: 100, updated_at: day(1) },
      { refunded_minor: 120, updated_at: day(2) },
      { amount_minor: 150, updated_at: day(3) },
    ]);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three rows');
    const { row, refused } = foldBookingRows([third, second, first], undefined);
    expect(refused).toEqual([second]);
    expect(row).toMatchObject({ amount_minor: 150, refunded_minor: undefined });
    expect(foldBookingRows(located([{ refunded_minor: 5 }]), 4).row).toBeUndefined();
  });

  test('comes to the same whatever the order of the rows, and taken in again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { minLength: 1, maxLength: 5 }),
        anyRow,
        fc.nat(),
        (rows, earlier, turn) => {
          const apply = (known: Booking | undefined, list: readonly Partial<BookingRow>[]) => {
            const { row } = foldBookingRows(located(list), known?.amount_minor);
            if (row === undefined) return known;
            const transition = applyBookingRow(known, row, { now: NOW, customerRef: undefined });
            return transition.kind === 'unchanged' ? known : transition.booking;
          };
          const at = turn % rows.length;
          const turned = [...rows.slice(at), ...rows.slice(0, at)].reverse();
          const before = apply(undefined, [earlier]);
          const after = apply(before, rows);
          expect(apply(before, turned)).toEqual(after);
          expect(apply(after, turned)).toEqual(after);
          if (after !== undefined) expect(after.refunded_minor).toBeLessThanOrEqual(after.amount_minor);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
