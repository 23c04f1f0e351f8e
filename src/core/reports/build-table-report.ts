import type { Database, Queries } from '../database/database.ts';
import { WHOLE_TIME } from '../period.ts';
import { countBookings } from './booking-queries.ts';
import { buildCohorts } from './build-cohorts.ts';
import { buildDeliverability } from './build-deliverability.ts';
import { buildRevenue } from './build-revenue.ts';
import { buildSegments } from './build-segments.ts';
import { mainCurrency } from './main-currency.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { sumMoney } from './sum-money.ts';
import type { ReportTable, TableReport } from './table-report.ts';
import { type ReportRequest, usingReportScope } from './using-report-scope.ts';

export type TableRequest = Omit<ReportRequest, 'report'> & {
  readonly report: TableReport['report'];
  /** Days before a booking in which a mail has assisted it; the setting `reports.assist_days` when absent. */
  readonly assistDays?: number | undefined;
};

/** Computes a report of tables on one snapshot of the database. */
export async function buildTableReport(database: Database, request: TableRequest): Promise<TableReport> {
  const { report, contest, campaign, period = WHOLE_TIME, asOf, now, timezone } = request;
  return usingReportScope(database, request, async (queries, scope) => {
    const { currency, tables } = await buildTables(queries, scope, request);
    return {
      report,
      period: period.name,
      period_from: period.from,
      period_to: period.to,
      contest: contest?.slug ?? null,
      contest_name: contest?.name ?? null,
      campaign: campaign?.slug ?? null,
      as_of: asOf ?? now,
      timezone,
      main_currency: currency,
      tables,
    };
  });
}

async function buildTables(
  queries: Queries,
  scope: ReportScope,
  request: TableRequest,
): Promise<{ readonly currency: string | null; readonly tables: readonly ReportTable[] }> {
  switch (request.report) {
    case 'revenue':
      return buildRevenue(queries, scope, request);
    case 'cohorts':
      return { currency: null, tables: await buildCohorts(queries, scope, request.timezone) };
    case 'segments':
      return { currency: await findCurrency(queries, scope), tables: await buildSegments(queries, scope) };
    case 'deliverability':
      return { currency: null, tables: await buildDeliverability(queries, scope, request) };
  }
}

async function findCurrency(queries: Queries, scope: ReportScope): Promise<string | null> {
  const bookings = await countBookings(queries, scope);
  return mainCurrency(sumMoney(bookings, [], null), bookings);
}
