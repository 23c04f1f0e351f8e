import { expect, it } from 'vitest';
import { createDatabaseUrl, describeEngines } from '../../../test/engines.ts';
import { fillReportData, REPORT_CONTEST, REPORT_START } from '../../../test/fill-report-data.ts';
import { hasPostgres } from '../../../test/postgres-server.ts';
import { recountReport } from '../../../test/recount-report.ts';
import { sha256 } from '../canonical-json.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import { parsePeriod } from '../period.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { buildReport } from './build-report.ts';
import { formatReportText } from './format-report-text.ts';
import { formatReportPage } from './html/report-page.ts';
import type { Report } from './report.ts';
import { reportRows } from './report-rows.ts';
import type { ReportRequest } from './using-report-scope.ts';

const NOW: Instant = '2026-09-01T10:00:00.000Z';
const MIDWAY: Instant = addMilliseconds(REPORT_START, 50 * 86_400_000);
const ZONE = 'Europe/Amsterdam';

async function report(
  database: Database,
  slug: string | undefined,
  more: Partial<ReportRequest> = {},
): Promise<Report> {
  const contest = slug === undefined ? undefined : await getContest(database.queries, slug);
  return buildReport(database, { report: 'summary', contest, now: NOW, timezone: ZONE, ...more });
}

describeEngines('a report', (open) => {
  it.each([
    ['everything', undefined, undefined],
    ['a contest', REPORT_CONTEST, undefined],
    ['everything as of a time', undefined, MIDWAY],
    ['a contest as of a time', REPORT_CONTEST, MIDWAY],
  ] as const)('counts %s as an independent recount of every row does', async (_, slug, asOf) => {
    const database = await open();
    await fillReportData(database);
    const counted = await report(database, slug, { asOf });
    const recounted = await recountReport(database, { slug, asOf, now: NOW });
    expect(counted.totals).toEqual(recounted.totals);
    expect(counted.money).toEqual(recounted.money);
    expect(Object.fromEntries(counted.funnel.map(({ step, people }) => [step, people]))).toEqual(
      recounted.funnel,
    );
  });

  it('counts nothing in an empty database', async () => {
    const database = await open();
    const empty = await report(database, undefined);
    expect(Object.values(empty.totals).every((total) => total === 0)).toBe(true);
    expect(Object.values(empty.rates).every((rate) => rate === null)).toBe(true);
    expect(empty.money).toEqual({});
    expect(empty.series).toEqual({ unit: 'day', rows: [] });
    expect(formatReportText(empty)).not.toMatch(/NaN|undefined/);
  });

  it('has a series that sums to its totals, by the days of the zone', async () => {
    const database = await open();
    await fillReportData(database);
    const { series, totals, money } = await report(database, REPORT_CONTEST);
    expect(series.rows.reduce((sum, row) => sum + row.bookings, 0)).toBe(totals.bookings);
    expect(series.rows.reduce((sum, row) => sum + row.referrals, 0)).toBe(totals.referrals);
    for (const [currency, figures] of Object.entries(money)) {
      const sum = series.rows.reduce((total, row) => total + Number(row.revenue[currency] ?? 0), 0);
      expect(sum).toBeCloseTo(Number(figures.revenue_net), 2);
    }
    // The contest begins at midnight in Amsterdam, an hour before it in UTC.
    expect(series.rows[0]?.start).toBe('2026-03-20');
    const [first] = await database.queries
      .selectFrom('bookings')
      .select('booked_at')
      .orderBy('booked_at')
      .execute();
    expect(first?.booked_at.startsWith('2026-03-')).toBe(true);
  });

  it('approves as many referrals as the leaderboard counts, at any time', async () => {
    const database = await open();
    await fillReportData(database);
    const contest = await getContest(database.queries, REPORT_CONTEST);
    for (const days of [0, 10, 30, 50, 80, 200]) {
      const asOf = addMilliseconds(REPORT_START, days * 86_400_000);
      const { entries } = await computeLeaderboard(database.queries, contest, { now: NOW, asOf });
      const { totals } = await report(database, REPORT_CONTEST, { asOf });
      expect(totals.referrals_approved).toBe(entries.reduce((sum, entry) => sum + entry.referrals, 0));
    }
  });

  it('cuts a period in two that sum to the whole', async () => {
    const database = await open();
    await fillReportData(database);
    const all = await report(database, REPORT_CONTEST);
    const early = await report(database, REPORT_CONTEST, { period: parsePeriod('..2026-04-30', NOW, ZONE) });
    const late = await report(database, REPORT_CONTEST, { period: parsePeriod('2026-05-01..', NOW, ZONE) });
    for (const name of [
      'bookings',
      'referrals',
      'referrals_approved',
      'accepted',
      'clicked',
      'rewards',
    ] as const) {
      expect(early.totals[name] + late.totals[name]).toBe(all.totals[name]);
    }
    expect(early.totals.bookings).toBeGreaterThan(0);
    expect(late.totals.bookings).toBeGreaterThan(0);
  });

  it('restricts the mail figures to a campaign', async () => {
    const database = await open();
    await fillReportData(database);
    const whole = await report(database, REPORT_CONTEST);
    const one = await report(database, REPORT_CONTEST, { campaign: { id: 2, slug: 'reminder' } });
    expect(one.campaigns).toEqual([whole.campaigns[1]]);
    expect(one.totals.accepted).toBe(whole.campaigns[1]?.accepted);
    expect(one.totals.bookings).toBe(whole.totals.bookings);
  });

  it('says the same in every format', async () => {
    const database = await open();
    await fillReportData(database);
    const result = await report(database, REPORT_CONTEST);
    const rows = reportRows(result);
    const figure = (section: string, name: string, currency: string | null = null) =>
      rows.find((row) => row.section === section && row.name === name && row.currency === currency)?.value;
    for (const [name, total] of Object.entries(result.totals)) expect(figure('totals', name)).toBe(total);
    for (const [currency, figures] of Object.entries(result.money)) {
      for (const [name, amount] of Object.entries(figures))
        expect(figure('money', name, currency)).toBe(amount);
    }
    expect(formatReportPage(result)).toContain(new Intl.NumberFormat('en').format(result.totals.planned));
  });
});

it.skipIf(!hasPostgres())('is the same on both engines, byte for byte', async () => {
  const digests: string[] = [];
  for (const engine of ['sqlite', 'postgres'] as const) {
    const { url, drop } = await createDatabaseUrl(engine);
    const database = await openDatabase({ url });
    await fillReportData(database, { seed: 11 });
    const results = [
      await report(database, REPORT_CONTEST),
      await report(database, undefined, { asOf: MIDWAY }),
    ];
    digests.push(sha256(JSON.stringify(results) + results.map((one) => formatReportPage(one)).join()));
    await database.close();
    await drop();
  }
  expect(digests[1]).toBe(digests[0]);
});
