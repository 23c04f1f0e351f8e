import { z } from 'zod';
import { getContest } from '../../core/contests/get-contest.ts';
import type { Database } from '../../core/database/database.ts';
import { parsePeriod } from '../../core/period.ts';
import { buildReport } from '../../core/reports/build-report.ts';
import { buildTableReport } from '../../core/reports/build-table-report.ts';
import { getCampaignOfContest } from '../../core/reports/get-campaign-of-contest.ts';
import { LOCALES, type Locale } from '../../core/reports/locale/texts.ts';
import type { Report } from '../../core/reports/report.ts';
import type { TableReport } from '../../core/reports/table-report.ts';
import type { ReportRequest } from '../../core/reports/using-report-scope.ts';
import { addMilliseconds, type Instant, parseInstant } from '../../core/time.ts';
import type { OptionSpec } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { showProgress } from '../_runtime/show-progress.ts';

/** The flags of every report. */
export const REPORT_OPTIONS: readonly OptionSpec[] = [
  { flags: '--contest <slug>', description: 'only this contest' },
  { flags: '--campaign <slug>', description: 'only the mails of this campaign' },
  {
    flags: '--period <period>',
    description: 'all, today, week, month, year, 30d, 2026-03 or 2026-03-01..2026-03-31',
    defaultText: 'all',
  },
  { flags: '--as-of <time>', description: 'only what was booked by then, with the status of then' },
  {
    flags: '--locale <language>',
    description: 'language of an HTML page: texts, numbers and dates; the configured one, else en',
    choices: LOCALES,
  },
  { flags: '--pdf <file>', description: 'print the HTML page to a PDF file, with Chromium or Chrome' },
];

/** What they become. */
export const reportFields = {
  contest: z.string().min(1).optional(),
  campaign: z.string().min(1).optional(),
  period: z.string().default('all'),
  asOf: z.string().optional(),
  locale: z.enum(LOCALES).optional(),
  pdf: z.string().min(1).optional(),
};

export interface ReportInput {
  readonly contest?: string | undefined;
  readonly campaign?: string | undefined;
  readonly period: string;
  readonly asOf?: string | undefined;
  readonly locale?: Locale | undefined;
  /** The file to print to. */
  readonly pdf?: string | undefined;
}

/** Computes the report that the flags ask for. */
export async function runReport(
  context: Context,
  report: Report['report'],
  input: ReportInput,
): Promise<Report> {
  return usingRequest(context, input, (database, request) => buildReport(database, { report, ...request }));
}

/** Computes the report of tables that the flags ask for. */
export async function runTableReport(
  context: Context,
  report: TableReport['report'],
  input: ReportInput & { readonly assistDays?: number | undefined },
): Promise<TableReport> {
  return usingRequest(context, input, (database, request) =>
    buildTableReport(database, { report, ...request, assistDays: input.assistDays }),
  );
}

/** Lends the database and what the flags ask of it. */
export async function usingRequest<T>(
  context: Context,
  input: ReportInput,
  work: (database: Database, request: Omit<ReportRequest, 'report'>) => Promise<T>,
): Promise<T> {
  const config = await context.config();
  const fallback = context.globals.timezone ?? config.timezone;
  checkTimes(input, context.clock.now(), fallback);
  return context.usingDatabase((database) =>
    showProgress(context, 'taking in events', (onEvents) =>
      showProgress(context, 'questions answered', async (onAnswer) =>
        work(database, {
          ...(await readRequest(context, database, input, fallback)),
          ...{ currency: config.currency, stopwatch: context.clock, onProgress: { onEvents, onAnswer } },
        }),
      ),
    ),
  );
}

// Wrong usage is said before the database is opened.
function checkTimes({ asOf, period }: ReportInput, now: Instant, timezone: string): void {
  if (asOf !== undefined) parseInstant(asOf, '--as-of', timezone);
  parsePeriod(period, now, timezone);
}

async function readRequest(
  { clock, globals }: Context,
  { queries }: Database,
  input: ReportInput,
  fallback: string,
): Promise<Omit<ReportRequest, 'report'>> {
  const campaign =
    input.campaign === undefined
      ? undefined
      : await getCampaignOfContest(queries, input.campaign, input.contest);
  const slug = input.contest ?? campaign?.contest;
  const contest = slug === undefined ? undefined : await getContest(queries, slug);
  const timezone = globals.timezone ?? contest?.timezone ?? fallback;
  const asOf = input.asOf === undefined ? undefined : parseInstant(input.asOf, '--as-of', timezone);
  const now = clock.now();
  const period = parsePeriod(input.period, referenceTime(asOf ?? now, contest?.ends_at), timezone);
  return { contest, campaign, period, asOf, now, timezone };
}

// "This month" of a contest that is over is its last month.
function referenceTime(moment: Instant, endsAt: Instant | undefined): Instant {
  if (endsAt === undefined) return moment;
  const last = addMilliseconds(endsAt, -1);
  return moment < last ? moment : last;
}
