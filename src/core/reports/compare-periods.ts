import { addDays, localDate, type Period } from '../period.ts';
import { addMilliseconds, findInstant, type Instant } from '../time.ts';
import type { Figures } from './count-figures.ts';
import { computeRates, type MoneyName, type RateName, ratio, type TotalName } from './metrics.ts';
import type { ComparedFigure, Comparison } from './report.ts';

const COUNTS: readonly TotalName[] = [
  'accepted',
  'delivered',
  'clicked',
  'converted',
  'bookings',
  'bookings_referred',
  'referrals',
  'referrals_approved',
  'friends',
];
const SHARES: readonly RateName[] = ['click_rate', 'conversion_rate', 'bounce_rate', 'complaint_rate'];
const AMOUNTS: readonly MoneyName[] = ['bookings_net', 'revenue_net', 'program_cost'];

/**
 * The period before one that has a beginning and an end: as many calendar months before whole months, else the same length
 * of time. Undefined for an open one.
 */
export function previousPeriod(
  { from, to }: Period,
  timezone: string,
): { from: Instant; to: Instant } | undefined {
  if (from === null || to === null) return undefined;
  const [first, last] = [localDate(from, timezone), localDate(to, timezone)];
  const isMonths = [first, last].every((date) => date.endsWith('-01')) && midnight(first, timezone) === from;
  if (!isMonths || midnight(last, timezone) !== to) {
    return { from: addMilliseconds(from, Date.parse(from) - Date.parse(to)), to: from };
  }
  const months = monthNumber(last) - monthNumber(first);
  return { from: midnight(monthOf(monthNumber(first) - months), timezone), to: from };
}

/** What happened in the period beside what happened in the one before. */
export function comparePeriods(
  before: { readonly from: Instant; readonly to: Instant },
  current: Pick<Figures, 'totals' | 'money'>,
  previous: Pick<Figures, 'totals' | 'money'>,
): Comparison {
  const [rates, earlier] = [computeRates(current.totals), computeRates(previous.totals)];
  const currencies = [...new Set([...Object.keys(current.money), ...Object.keys(previous.money)])].sort();
  const rows: ComparedFigure[] = [
    ...COUNTS.map((name) => counted(name, current.totals[name], previous.totals[name])),
    ...SHARES.map((name) => share(name, rates[name], earlier[name])),
    ...currencies.flatMap((currency) =>
      AMOUNTS.map((name) =>
        amount(name, currency, current.money[currency]?.[name], previous.money[currency]?.[name]),
      ),
    ),
  ];
  return { period_from: before.from, period_to: before.to, rows };
}

function counted(name: string, current: number, previous: number): ComparedFigure {
  return { name, currency: null, current, previous, change: ratio(current - previous, previous) };
}

// A rate has risen by so much, not by so much of itself.
function share(name: string, current: number | null, previous: number | null): ComparedFigure {
  const change = current === null || previous === null ? null : ratio(current - previous, 1);
  return { name, currency: null, current, previous, change };
}

function amount(
  name: string,
  currency: string,
  now: string | undefined,
  then: string | undefined,
): ComparedFigure {
  const [current, previous] = [now ?? '0', then ?? '0'];
  return {
    name,
    currency,
    current,
    previous,
    change: ratio(Number(current) - Number(previous), Number(previous)),
  };
}

function midnight(date: string, timezone: string): Instant {
  const instant = findInstant(date, timezone);
  if (instant === undefined) throw new RangeError(`${date} is no day`);
  return instant;
}

function monthNumber(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

function monthOf(number: number): string {
  const year = String(Math.floor(number / 12)).padStart(4, '0');
  return addDays(`${year}-${String((number % 12) + 1).padStart(2, '0')}-01`, 0);
}
