import type { Report } from '../report.ts';

/** The currency in which referrals brought revenue on most days: amounts of different currencies can't be compared. */
export function mainCurrency({ money, series }: Report): string | undefined {
  const days = (currency: string): number =>
    series.rows.filter((row) => row.revenue[currency] !== undefined).length;
  const order = Object.keys(money).sort((a, b) => days(b) - days(a) || (a < b ? -1 : 1));
  return order[0];
}
