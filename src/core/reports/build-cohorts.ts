import type { Queries } from '../database/database.ts';
import { findBookedRange } from './booking-queries.ts';
import { countContestCohorts, countJoined, countReturns, findJoinedRange } from './cohort-queries.ts';
import { ratio } from './metrics.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { column, counts, type ReportTable } from './table-report.ts';
import { zoneOffsets } from './zone-offsets.ts';

// A year shows whether people come back; later months only for whoever has joined earlier.
const MONTHS = 12;

/** Customers by when they joined, and contests: who takes part, who brings friends, who comes back. */
export async function buildCohorts(
  queries: Queries,
  scope: ReportScope,
  timezone: string,
): Promise<readonly ReportTable[]> {
  const joined = await findJoinedRange(queries, scope);
  const offsets =
    joined === undefined
      ? zoneOffsets(scope.now, scope.now, timezone)
      : zoneOffsets(joined.first, joined.last, timezone);
  const cohorts = await countJoined(queries, scope, offsets);
  const booked = await findBookedRange(queries, scope);
  const returns =
    booked === undefined
      ? []
      : await countReturns(queries, scope, offsets, zoneOffsets(booked.first, booked.last, timezone));
  const months = cohorts.flatMap(({ month, customers }) => (month === null ? [] : [{ month, customers }]));
  return [joinedTable(cohorts), retentionTable(months, returns), await contestsTable(queries, scope)];
}

function joinedTable(cohorts: Awaited<ReturnType<typeof countJoined>>): ReportTable {
  const known = cohorts.filter(({ month }) => month !== null);
  const unknown = cohorts.filter(({ month }) => month === null);
  return {
    key: 'joined',
    columns: [
      column('month', 'month'),
      ...counts('customers', 'participants', 'active_participants', 'booked', 'booked_again'),
      column('retention', 'share'),
    ],
    rows: [...known, ...unknown].map((row) => ({ ...row, retention: ratio(row.booked_again, row.booked) })),
    chart: { kind: 'line', label: 'month', value: 'customers' },
  };
}

function retentionTable(
  cohorts: readonly { month: string; customers: number }[],
  returns: readonly { month: string; booked: string; customers: number }[],
): ReportTable {
  const found = new Map(returns.map((row) => [`${row.month} ${row.booked}`, row.customers]));
  const last =
    returns
      .map(({ booked }) => booked)
      .sort()
      .at(-1) ?? '';
  const keys = Array.from({ length: MONTHS }, (_, index) => `month_${index}`);
  const rows = cohorts.map(({ month, customers }) => {
    const cells = keys.map((key, index): [string, number | null] => {
      const booked = addMonths(month, index);
      return [key, booked > last ? null : ratio(found.get(`${month} ${booked}`) ?? 0, customers)];
    });
    return { month, customers, ...Object.fromEntries(cells) };
  });
  return {
    key: 'retention',
    columns: [column('month', 'month'), ...counts('customers'), ...keys.map((key) => column(key, 'share'))],
    rows,
    chart: { kind: 'heat', label: 'month', value: 'month_0' },
  };
}

async function contestsTable(queries: Queries, scope: ReportScope): Promise<ReportTable> {
  const rows = await countContestCohorts(queries, scope);
  return {
    key: 'contests',
    columns: [
      column('contest', 'name'),
      ...counts('participants', 'active_participants'),
      column('referral_rate', 'share'),
      ...counts('referrals_approved', 'friends', 'friends_again'),
      column('retention', 'share'),
    ],
    rows: rows.map((row) => ({
      ...row,
      referral_rate: ratio(row.active_participants, row.participants),
      retention: ratio(row.friends_again, row.friends),
    })),
    chart: { kind: 'bars', label: 'contest', value: 'friends' },
  };
}

/** `2026-11` and 3 → `2027-02`. */
function addMonths(month: string, more: number): string {
  const number = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + more;
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`;
}
