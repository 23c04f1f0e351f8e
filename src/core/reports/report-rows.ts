import type { Report } from './report.ts';

/** One figure on a row of its own: the shape of a report in CSV. */
export interface ReportRow {
  readonly section: string;
  readonly name: string;
  readonly currency: string | null;
  readonly value: string | number | null;
}

/** Every figure of a report as rows, in the order of the JSON document. */
export function reportRows(report: Report): ReportRow[] {
  return [
    ...about(report),
    ...countRows('totals', report.totals),
    ...countRows('rates', report.rates),
    ...Object.entries(report.money).flatMap(([currency, figures]) =>
      Object.entries(figures).map(([name, value]) => ({ section: 'money', name, currency, value })),
    ),
    ...report.health.parts.flatMap(({ name, weight, score }) => [
      row('health.weight', name, weight),
      row('health.score', name, score),
    ]),
    row('health', 'score', report.health.score),
    ...report.targets.map(({ name, target }) => row('targets', name, target)),
    ...countRows('program', report.program),
    ...Object.entries(report.intervals).flatMap(([name, interval]) => [
      row('intervals.low', name, interval?.[0] ?? null),
      row('intervals.high', name, interval?.[1] ?? null),
    ]),
    ...Object.entries(report.averages).flatMap(([currency, figures]) =>
      Object.entries(figures).map(([name, value]) => ({ section: 'averages', name, currency, value })),
    ),
    ...(report.previous?.rows ?? []).map(({ name, currency, previous }) => ({
      section: 'previous',
      name,
      currency,
      value: previous,
    })),
    ...report.trending.flatMap(({ campaign, recent, before }) => [
      row('trending.recent', campaign, recent),
      row('trending.before', campaign, before),
    ]),
    ...Object.entries(report.rewards).flatMap(([status, sums]) => [
      row('rewards', `${status}.free_days`, sums.free_days),
      row('rewards', `${status}.points`, sums.points),
      row('rewards', `${status}.badges`, sums.badges),
    ]),
    ...countRows('segments', report.segments),
    ...report.campaigns.flatMap(({ campaign, ...figures }) =>
      Object.entries(figures).map(([name, value]) => row(`campaigns.${campaign}`, name, value)),
    ),
    ...report.funnel.map(({ step, people }) => row('funnel', step, people)),
    ...report.series.rows.flatMap(({ start, bookings, referrals, revenue }) => [
      row('series.bookings', start, bookings),
      row('series.referrals', start, referrals),
      ...Object.entries(revenue).map(([currency, value]) => ({
        section: 'series.revenue',
        name: start,
        currency,
        value,
      })),
    ]),
    ...report.leaderboard.map(({ position, customer_id, points }) =>
      row(`leaderboard.${position}`, customer_id, points),
    ),
  ];
}

function about(report: Report): ReportRow[] {
  return [
    row('report', 'period', report.period),
    row('report', 'period_from', report.period_from),
    row('report', 'period_to', report.period_to),
    row('report', 'contest', report.contest),
    row('report', 'campaign', report.campaign),
    row('report', 'as_of', report.as_of),
    row('report', 'timezone', report.timezone),
  ];
}

function countRows(section: string, figures: Readonly<Record<string, number | null>>): ReportRow[] {
  return Object.entries(figures).map(([name, value]) => row(section, name, value));
}

function row(section: string, name: string, value: string | number | null): ReportRow {
  return { section, name, currency: null, value };
}
