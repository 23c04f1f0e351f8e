import type { Database, Queries } from '../database/database.ts';
import { WHOLE_TIME } from '../period.ts';
import { getSetting } from '../settings/settings.ts';
import { countBookingsOverTime, countRewardedPeople } from './booking-queries.ts';
import { buildSeries, findSeriesSpan } from './build-series.ts';
import { comparePeriods, previousPeriod } from './compare-periods.ts';
import { computeAverages } from './compute-averages.ts';
import { countFigures, type Figures, type MailPrice } from './count-figures.ts';
import { findTrending } from './find-trending.ts';
import { countMailedPeople } from './mail-queries.ts';
import { mainCurrency } from './main-currency.ts';
import { compareTargets, measureHealth } from './measure-health.ts';
import { computeRates, FUNNEL, RATES, ratio, type Totals } from './metrics.ts';
import { countSegmentMembers } from './people-queries.ts';
import type { ProgramFigures } from './program-metrics.ts';
import { findConversionTimes, findCycleTimes } from './program-queries.ts';
import type { Comparison, FunnelStep, Report } from './report.ts';
import type { ReportScope } from './report-scope-queries.ts';
import { readTargets } from './report-targets.ts';
import { topStandings } from './top-standings.ts';
import { type ReportRequest, usingReportScope } from './using-report-scope.ts';
import { wilsonInterval } from './wilson-interval.ts';

const NO_BOOKINGS = { counts: [], byTime: [] };

/** Computes a report on one snapshot of the database, so that its parts agree with each other. */
export async function buildReport(database: Database, request: ReportRequest): Promise<Report> {
  return usingReportScope(database, request, (queries, scope) => computeReport(queries, scope, request));
}

async function computeReport(queries: Queries, scope: ReportScope, request: ReportRequest): Promise<Report> {
  const { contest, campaign, period = WHOLE_TIME, asOf, now, timezone } = request;
  const price = await readMailPrice(queries, request);
  const span = await findSeriesSpan(queries, scope, timezone);
  const booked = span === undefined ? NO_BOOKINGS : await countBookingsOverTime(queries, scope, span);
  const figures = await countFigures(queries, scope, price, booked.counts);
  const { totals, money, referrers } = figures;
  const rates = computeRates(totals);
  const currency = mainCurrency(money, figures.bookingCounts);
  const averages = computeAverages(money, totals, figures.bookingCounts);
  const program = await measureProgram(queries, scope, totals);
  const targets = compareTargets(
    {
      ...rates,
      ...program,
      return_rate: currency === null ? null : (averages[currency]?.return_rate ?? null),
    },
    request.targets ?? (await readTargets(queries)),
  );
  const segments = await countSegmentMembers(queries, scope);
  return {
    report: request.report,
    period: period.name,
    period_from: period.from,
    period_to: period.to,
    contest: contest?.slug ?? null,
    contest_name: contest?.name ?? null,
    campaign: campaign?.slug ?? null,
    as_of: asOf ?? now,
    timezone,
    ...{ totals, rates, money },
    main_currency: currency,
    intervals: intervalsOf(totals),
    ...{ program, averages, targets, health: measureHealth(targets) },
    previous: await comparison(queries, scope, request, figures, price),
    trending: await findTrending(queries, scope, contest?.ends_at),
    consent: figures.consent,
    bookings: figures.bookings,
    referrals: figures.referrals,
    rewards: figures.rewards,
    campaigns: figures.campaigns,
    segments: Object.fromEntries(segments.map(({ name, members }) => [name, members])),
    funnel: funnelOf({
      ...(await countMailedPeople(queries, scope)),
      shared: referrers.shared,
      booked: referrers.booked,
      approved: referrers.approved,
      rewarded: await countRewardedPeople(queries, scope),
    }),
    series: await buildSeries(queries, scope, span, booked.byTime),
    leaderboard: await topStandings(queries, contest, { asOf, now, period, kept: scope.kept }),
  };
}

/** What a thousand mails cost, as set. */
export async function readMailPrice(
  queries: Queries,
  { currency = 'EUR' }: Pick<ReportRequest, 'currency'>,
): Promise<MailPrice> {
  return { perThousand: await getSetting(queries, 'campaigns.price_per_thousand'), currency };
}

/** Where each rate lies with 95 % confidence. */
export function intervalsOf(totals: Totals): Report['intervals'] {
  const entries = RATES.map(({ name, numerator, denominator }) => {
    const sum = (names: readonly (keyof Totals)[]): number =>
      names.reduce((all, one) => all + totals[one], 0);
    return [name, wilsonInterval(sum(numerator), sum(denominator))];
  });
  return Object.fromEntries(entries) as Report['intervals'];
}

async function measureProgram(queries: Queries, scope: ReportScope, totals: Totals): Promise<ProgramFigures> {
  return {
    viral_coefficient: ratio(totals.friends, totals.participants),
    cycle_time_days: inDays(await findCycleTimes(queries, scope)),
    time_to_convert_days: inDays(await findConversionTimes(queries, scope)),
  };
}

// The median: the one in the middle, or the mean of the two.
function inDays(middle: readonly number[]): number | null {
  if (middle.length === 0) return null;
  const seconds = middle.reduce((sum, one) => sum + one, 0) / middle.length;
  return Math.round((seconds / 86_400) * 100) / 100;
}

async function comparison(
  queries: Queries,
  scope: ReportScope,
  { period = WHOLE_TIME, timezone }: ReportRequest,
  current: Figures,
  price: MailPrice,
): Promise<Comparison | null> {
  const before = previousPeriod(period, timezone);
  if (before === undefined) return null;
  return comparePeriods(before, current, await countFigures(queries, { ...scope, ...before }, price));
}

function funnelOf(people: Readonly<Record<FunnelStep['step'], number>>): FunnelStep[] {
  return FUNNEL.map(({ name }, index) => {
    const before = FUNNEL[index - 1];
    return {
      step: name,
      people: people[name],
      of_previous: before === undefined ? null : ratio(people[name], people[before.name]),
    };
  });
}
