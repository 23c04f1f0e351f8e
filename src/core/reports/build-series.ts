import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import { addDays, localDate } from '../period.ts';
import { type BookedOn, countReferralsByTime, findBookedRange } from './booking-queries.ts';
import type { Series, SeriesRow } from './report.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { type ZoneOffset, zoneOffsets } from './zone-offsets.ts';

/** Beyond so many days a series is by month: a bar per day could not be read. */
const MOST_DAYS = 400;

/** Of what a series consists: local days or months. */
export interface SeriesSpan {
  readonly unit: 'day' | 'month';
  /** Local dates. */
  readonly first: string;
  readonly last: string;
  readonly offsets: readonly ZoneOffset[];
}

/** From the first to the last booking or referral that counts; undefined when there is none. */
export async function findSeriesSpan(
  queries: Queries,
  scope: ReportScope,
  timezone: string,
): Promise<SeriesSpan | undefined> {
  const range = await findBookedRange(queries, scope);
  if (range === undefined) return undefined;
  const first = localDate(range.first, timezone);
  const last = localDate(range.last, timezone);
  return {
    unit: addDays(first, MOST_DAYS) <= last ? 'month' : 'day',
    ...{ first, last, offsets: zoneOffsets(range.first, range.last, timezone) },
  };
}

/** Bookings, referrals and referred revenue per local day or month, without gaps between the first and the last. */
export async function buildSeries(
  queries: Queries,
  scope: ReportScope,
  span: SeriesSpan | undefined,
  booked: readonly BookedOn[],
): Promise<Series> {
  if (span === undefined) return { unit: 'day', rows: [] };
  const { unit, first, last, offsets } = span;
  const rows = new Map<string, MutableRow>(
    starts(first, last, unit).map((start) => [start, { start, bookings: 0, referrals: 0, revenue: {} }]),
  );
  for (const { start, currency, bookings, net_minor } of booked) {
    const row = rows.get(start);
    if (row === undefined) continue;
    row.bookings += bookings;
    if (net_minor !== 0) row.revenue[currency] = formatMinorUnits(net_minor, currency);
  }
  for (const { start, referrals } of await countReferralsByTime(queries, scope, unit, offsets)) {
    const row = rows.get(start);
    if (row !== undefined) row.referrals = referrals;
  }
  return { unit, rows: [...rows.values()] };
}

type MutableRow = { -readonly [Key in keyof Omit<SeriesRow, 'revenue'>]: SeriesRow[Key] } & {
  revenue: Record<string, string>;
};

function starts(first: string, last: string, unit: 'day' | 'month'): string[] {
  const list: string[] = [];
  if (unit === 'day') {
    for (let day = first; day <= last; day = addDays(day, 1)) list.push(day);
    return list;
  }
  for (let month = first.slice(0, 7); month <= last.slice(0, 7); month = nextMonth(month)) list.push(month);
  return list;
}

function nextMonth(month: string): string {
  const year = Number(month.slice(0, 4));
  const next = Number(month.slice(5)) + 1;
  return next === 13
    ? `${String(year + 1).padStart(4, '0')}-01`
    : `${month.slice(0, 4)}-${String(next).padStart(2, '0')}`;
}
