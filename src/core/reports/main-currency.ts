import type { BookingCount } from './booking-queries.ts';
import type { Report } from './report.ts';

/** The currency of the most bookings: amounts of different currencies can't be compared. */
export function mainCurrency(money: Report['money'], bookings: readonly BookingCount[]): string | null {
  const size = (currency: string): number =>
    bookings.reduce((sum, row) => (row.currency === currency ? sum + row.bookings : sum), 0);
  return Object.keys(money).sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1))[0] ?? null;
}
