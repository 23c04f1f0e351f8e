import { type Clock, clockAt } from '../clock.ts';
import type { Contest } from '../contests/get-contest.ts';
import { parseStoredRules } from '../contests/rules.ts';
import type { Database, Queries } from '../database/database.ts';
import { allowMemory } from '../database/work-memory.ts';
import { type Period, WHOLE_TIME } from '../period.ts';
import type { OnProgress } from '../progress.ts';
import type { Instant } from '../time.ts';
import { listContestRules } from './contest-queries.ts';
import { NOTHING_KEPT, openKept, storeKept } from './kept.ts';
import { areMailsFresh, refreshMails } from './kept-mails.ts';
import type { Report } from './report.ts';
import type { ReportScope } from './report-scope-queries.ts';
import type { Targets } from './report-targets.ts';

export interface ReportRequest {
  readonly report: Report['report'];
  /** Undefined is everything. */
  readonly contest?: Contest | undefined;
  /** Restricts the mail figures; all others are those of its contest. */
  readonly campaign?: { readonly id: number; readonly slug: string } | undefined;
  readonly period?: Period;
  /** Undefined counts everything known now. */
  readonly asOf?: Instant | undefined;
  readonly now: Instant;
  /** IANA zone of the days. */
  readonly timezone: string;
  /** In which mails are paid for. */
  readonly currency?: string;
  /** Other than those that are set. */
  readonly targets?: Targets;
  /**
   * What is kept of earlier reports: `auto` uses it, and keeps what took long; `none` reads every row and writes nothing;
   * `all` keeps everything, however little it took.
   */
  readonly keep?: 'auto' | 'none' | 'all';
  /** By which `auto` knows what took long; one that stands still, as without it, keeps no answer. */
  readonly stopwatch?: Pick<Clock, 'milliseconds'>;
  readonly onProgress?: ReportProgress | undefined;
}

/** What a report does first, and what it does then. */
export interface ReportProgress {
  /** So many events of so many are taken into what is kept. */
  readonly onEvents: OnProgress;
  /** So many questions are answered; how many there will be depends on the answers. */
  readonly onAnswer: (answers: number) => void;
}

/** One snapshot of the database, so that the parts of a report agree with each other, and what the report counts. */
export async function usingReportScope<T>(
  database: Database,
  request: Omit<ReportRequest, 'report'>,
  work: (queries: Queries, scope: ReportScope) => Promise<T>,
): Promise<T> {
  const { keep = 'auto', now, stopwatch = clockAt(now), onProgress } = request;
  if (keep === 'none') {
    return database.snapshot(async (snapshot) =>
      work(snapshot, { ...(await scopeOf(snapshot, request)), kept: NOTHING_KEPT, mailsKept: false }),
    );
  }
  const clock = { now: () => now };
  const few = keep === 'all' ? 0 : undefined;
  await refreshMails(database, clock, { few, onProgress: onProgress?.onEvents });
  const { result, kept } = await database.snapshot(async (snapshot) => {
    // SQLite goes over tables in their order, for which its cache is no help.
    if (database.engine === 'postgres') await allowMemory(snapshot);
    const fromMs = keep === 'all' ? 0 : undefined;
    const kept = await openKept(snapshot, stopwatch, { fromMs, onAnswer: onProgress?.onAnswer });
    const mailsKept = await areMailsFresh(snapshot, kept.stamps);
    const result = await work(snapshot, { ...(await scopeOf(snapshot, request)), kept, mailsKept });
    return { result, kept };
  });
  await storeKept(database, kept, clock);
  return result;
}

async function scopeOf(
  queries: Queries,
  { contest, campaign, period = WHOLE_TIME, asOf, now }: Omit<ReportRequest, 'report'>,
): Promise<Omit<ReportScope, 'kept' | 'mailsKept'>> {
  return {
    contest: contest ?? null,
    campaignId: campaign?.id ?? null,
    from: period.from,
    to: period.to,
    asOf: asOf ?? null,
    countingConfirmed: asOf === undefined ? [] : await listCountingConfirmed(queries),
    now,
  };
}

async function listCountingConfirmed(queries: Queries): Promise<number[]> {
  const rows = await listContestRules(queries);
  return rows
    .filter(({ rules }) => parseStoredRules(rules).eligibility.statuses.includes('confirmed'))
    .map(({ id }) => id);
}
