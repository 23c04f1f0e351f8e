import type { Report } from '../report.ts';

/** The currency with the most revenue from referrals, then most bookings: the one that is shown large. */
export function mainCurrency({ money }: Report): string | undefined {
  const order = Object.entries(money).sort(
    ([a, left], [b, right]) =>
      Number(right.revenue_net) - Number(left.revenue_net) ||
      Number(right.bookings_net) - Number(left.bookings_net) ||
      (a < b ? -1 : 1),
  );
  return order[0]?.[0];
}
