import { addDays } from '../../period.ts';
import type { Series } from '../report.ts';

export interface Bin {
  readonly label: string;
  readonly bookings: number;
  readonly referrals: number;
  /** Minor units would be exact; a chart needs the size only. */
  readonly revenue: Readonly<Record<string, number>>;
}

export interface Bins {
  readonly unit: 'day' | 'week' | 'month';
  readonly bins: readonly Bin[];
}

/** More columns than these can't be told apart on a phone. */
const MOST_COLUMNS = 70;

/** The series as it is drawn: by week (from Monday) where days would be too thin. */
export function chartBins({ unit, rows }: Series, date: (date: string) => string): Bins {
  if (unit === 'month' || rows.length <= MOST_COLUMNS) {
    const bins = rows.map((row) => ({
      label: date(row.start),
      bookings: row.bookings,
      referrals: row.referrals,
      revenue: numbersOf(row.revenue),
    }));
    return { unit, bins };
  }
  const weeks = new Map<string, { bookings: number; referrals: number; revenue: Record<string, number> }>();
  for (const row of rows) {
    const monday = mondayOf(row.start);
    const week = weeks.get(monday) ?? { bookings: 0, referrals: 0, revenue: {} };
    weeks.set(monday, week);
    week.bookings += row.bookings;
    week.referrals += row.referrals;
    for (const [currency, amount] of Object.entries(numbersOf(row.revenue))) {
      week.revenue[currency] = (week.revenue[currency] ?? 0) + amount;
    }
  }
  return { unit: 'week', bins: [...weeks].map(([monday, week]) => ({ label: date(monday), ...week })) };
}

function numbersOf(sums: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).map(([currency, amount]) => [currency, Number(amount)]));
}

function mondayOf(date: string): string {
  return addDays(date, -((new Date(`${date}T00:00:00.000Z`).getUTCDay() + 6) % 7));
}
