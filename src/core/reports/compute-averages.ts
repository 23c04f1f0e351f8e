import { formatMinorUnits, parseMinorUnits } from '../money.ts';
import type { BookingCount } from './booking-queries.ts';
import { ratio, type Totals } from './metrics.ts';
import type { Averages, Report } from './report.ts';

/** Per currency: what a booking, a mail and a friend come to, and what the program returns. */
export function computeAverages(
  money: Report['money'],
  totals: Totals,
  bookings: readonly BookingCount[],
): Readonly<Record<string, Averages>> {
  const entries = Object.entries(money).map(([currency, figures]): [string, Averages] => {
    const minor = (name: keyof typeof figures): number => parseMinorUnits(figures[name], currency, name);
    const counting = (referred: number): number =>
      bookings
        .filter((row) => row.currency === currency && row.referred === referred && !isOff(row))
        .reduce((sum, row) => sum + row.bookings, 0);
    const each = (sum: number, count: number): string | null =>
      count === 0 ? null : formatMinorUnits(divideHalfUp(sum, count), currency);
    const [revenue, cost] = [minor('revenue_net'), minor('program_cost')];
    return [
      currency,
      {
        average_booking_referred: each(revenue, counting(1)),
        average_booking_other: each(minor('bookings_net') - revenue, counting(0)),
        revenue_per_mail: each(revenue, totals.accepted),
        cost_per_acquired: each(cost, totals.friends),
        return_rate: ratio(revenue - cost, cost),
      },
    ];
  });
  return Object.fromEntries(entries);
}

function isOff({ status }: BookingCount): boolean {
  return status === 'cancelled' || status === 'no_show';
}

/** Rounded half up, also below zero; exact. */
export function divideHalfUp(sum: number, count: number): number {
  const [a, b] = [BigInt(sum), BigInt(count)];
  const doubled = 2n * a + b;
  const down = doubled / (2n * b);
  return Number(doubled < 0n && doubled % (2n * b) !== 0n ? down - 1n : down);
}
