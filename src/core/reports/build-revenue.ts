import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import { WHOLE_TIME } from '../period.ts';
import { getSetting } from '../settings/settings.ts';
import { findBookedRange, rewardCounts } from './booking-queries.ts';
import { readMailPrice } from './build-report.ts';
import { comparePeriods, previousPeriod } from './compare-periods.ts';
import { computeAverages, divideHalfUp } from './compute-averages.ts';
import { countFigures, type Figures, type MailPrice } from './count-figures.ts';
import { mainCurrency } from './main-currency.ts';
import { MONEY } from './metrics.ts';
import { AVERAGES } from './program-metrics.ts';
import { listBroughtByCampaign, listBroughtByContest, listCostByContest } from './program-queries.ts';
import type { Averages } from './report.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { readTargets } from './report-targets.ts';
import { countChannels, sumByMonth } from './revenue-queries.ts';
import { standingReward } from './status-at-queries.ts';
import { column, counts, type ReportTable } from './table-report.ts';
import type { ReportRequest } from './using-report-scope.ts';
import { zoneOffsets } from './zone-offsets.ts';

const CURRENCY = column('currency', 'name');

/** Where money comes from, what it costs, and what comes of it. */
export async function buildRevenue(
  queries: Queries,
  scope: ReportScope,
  request: Omit<ReportRequest, 'report'> & { readonly assistDays?: number | undefined },
): Promise<{ readonly currency: string | null; readonly tables: readonly ReportTable[] }> {
  const price = await readMailPrice(queries, request);
  const figures = await countFigures(queries, scope, price);
  const averages = computeAverages(figures.money, figures.totals, figures.bookingCounts);
  const { return_rate: target } = request.targets ?? (await readTargets(queries));
  const days = request.assistDays ?? (await getSetting(queries, 'reports.assist_days'));
  return {
    currency: mainCurrency(figures.money, figures.bookingCounts),
    tables: [
      returnsTable(figures, averages, target),
      ...(await comparisonTable(queries, scope, request, figures, price)),
      await attributionTable(queries, scope, days),
      await monthsTable(queries, scope, request.timezone),
      await contestsTable(queries, scope),
      await campaignsTable(queries, scope, figures),
      moneyTable(figures, averages),
    ],
  };
}

function moneyTable({ money }: Figures, averages: Readonly<Record<string, Averages>>): ReportTable {
  const rows = Object.entries(money).flatMap(([currency, figures]) => [
    ...MONEY.map(({ name }) => ({ figure: name, currency, value: figures[name] })),
    ...AVERAGES.map(({ name }) => ({ figure: name, currency, value: averages[currency]?.[name] ?? null })),
  ]);
  return { key: 'money', columns: [column('figure', 'figure'), CURRENCY, column('value', 'amount')], rows };
}

function returnsTable(
  { money }: Figures,
  averages: Readonly<Record<string, Averages>>,
  target: number,
): ReportTable {
  const rows = Object.entries(money).map(([currency, { revenue_net, program_cost }]) => ({
    currency,
    ...{ revenue_net, program_cost, return_rate: averages[currency]?.return_rate ?? null, target },
  }));
  const amounts = ['revenue_net', 'program_cost'].map((key) => column(key, 'amount'));
  return {
    key: 'returns',
    columns: [CURRENCY, ...amounts, column('return_rate', 'share'), column('target', 'share')],
    rows,
  };
}

async function comparisonTable(
  queries: Queries,
  scope: ReportScope,
  { period = WHOLE_TIME, timezone }: Omit<ReportRequest, 'report'>,
  current: Figures,
  price: MailPrice,
): Promise<ReportTable[]> {
  const before = previousPeriod(period, timezone);
  if (before === undefined) return [];
  const { rows } = comparePeriods(
    before,
    current,
    await countFigures(queries, { ...scope, ...before }, price),
  );
  const amounts = rows.flatMap(({ name, currency, ...values }) =>
    currency === null ? [] : [{ figure: name, currency, ...values }],
  );
  const values = ['current', 'previous'].map((key) => column(key, 'amount'));
  return [
    {
      key: 'comparison',
      columns: [column('figure', 'figure'), CURRENCY, ...values, column('change', 'share')],
      rows: amounts,
    },
  ];
}

async function attributionTable(queries: Queries, scope: ReportScope, days: number): Promise<ReportTable> {
  const found = await countChannels(queries, scope, days);
  const currencies = [...new Set(found.map(({ currency }) => currency))].sort();
  const rows = currencies.flatMap((currency) =>
    (['direct', 'assisted', 'other'] as const).map((channel) => {
      const row = found.find((one) => one.channel === channel && one.currency === currency);
      return {
        ...{ channel, currency, bookings: row?.bookings ?? 0 },
        revenue: formatMinorUnits(row?.net_minor ?? 0, currency),
        window_days: days,
      };
    }),
  );
  return {
    key: 'attribution',
    columns: [
      column('channel', 'figure'),
      CURRENCY,
      ...counts('bookings'),
      column('revenue', 'amount'),
      ...counts('window_days'),
    ],
    rows,
    chart: { kind: 'stack', label: 'channel', value: 'revenue' },
  };
}

async function monthsTable(queries: Queries, scope: ReportScope, timezone: string): Promise<ReportTable> {
  const range = await findBookedRange(queries, scope);
  const found =
    range === undefined
      ? []
      : await sumByMonth(queries, scope, zoneOffsets(range.first, range.last, timezone));
  const rows = found.map(({ month, currency, bookings, gross_minor, refunded_minor, referred_minor }) => ({
    ...{ month, currency, bookings },
    gross: formatMinorUnits(gross_minor, currency),
    refunded: formatMinorUnits(refunded_minor, currency),
    net: formatMinorUnits(gross_minor - refunded_minor, currency),
    referred: formatMinorUnits(referred_minor, currency),
  }));
  const amounts = ['gross', 'refunded', 'net', 'referred'].map((key) => column(key, 'amount'));
  return {
    key: 'months',
    columns: [column('month', 'month'), CURRENCY, ...counts('bookings'), ...amounts],
    rows,
    chart: { kind: 'line', label: 'month', value: 'referred' },
  };
}

async function contestsTable(queries: Queries, scope: ReportScope): Promise<ReportTable> {
  const brought = await listBroughtByContest(queries, scope);
  const cost = await listCostByContest(queries, scope, rewardCounts(scope), standingReward(scope));
  const keys = [...brought, ...cost].map(({ contest, currency }) => JSON.stringify([contest, currency]));
  const rows = [...new Set(keys)].sort().map((key) => {
    const [contest = '', currency = ''] = JSON.parse(key) as string[];
    const of = <Row extends { contest: string; currency: string }>(list: readonly Row[]): Row | undefined =>
      list.find((row) => row.contest === contest && row.currency === currency);
    const row = of(brought);
    return {
      ...{ contest, currency, referrals: row?.referrals ?? 0, friends: row?.friends ?? 0 },
      revenue: formatMinorUnits(row?.revenue_minor ?? 0, currency),
      reward_cost: formatMinorUnits(of(cost)?.cost_minor ?? 0, currency),
    };
  });
  return {
    key: 'contests',
    columns: [
      column('contest', 'name'),
      CURRENCY,
      ...counts('referrals', 'friends'),
      column('revenue', 'amount'),
      column('reward_cost', 'amount'),
    ],
    rows,
  };
}

async function campaignsTable(
  queries: Queries,
  scope: ReportScope,
  { campaigns }: Figures,
): Promise<ReportTable> {
  const brought = await listBroughtByCampaign(queries, scope);
  const accepted = new Map(campaigns.map((row) => [row.campaign, row.accepted]));
  const rows = brought.map(({ campaign, currency, referrals, revenue_minor }) => {
    const mails = accepted.get(campaign) ?? 0;
    return {
      ...{ campaign, currency, referrals },
      revenue: formatMinorUnits(revenue_minor, currency),
      accepted: mails,
      revenue_per_mail: mails === 0 ? null : formatMinorUnits(divideHalfUp(revenue_minor, mails), currency),
    };
  });
  return {
    key: 'campaigns',
    columns: [
      column('campaign', 'name'),
      CURRENCY,
      ...counts('referrals'),
      column('revenue', 'amount'),
      ...counts('accepted'),
      column('revenue_per_mail', 'amount'),
    ],
    rows,
    chart: { kind: 'bars', label: 'campaign', value: 'revenue' },
  };
}
