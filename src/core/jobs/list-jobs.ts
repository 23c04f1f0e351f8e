import type { Selectable } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { JobRunsTable } from '../database/tables.ts';
import type { Config } from '../settings/config.ts';
import { getSetting } from '../settings/settings.ts';
import type { Instant } from '../time.ts';
import { JOBS, type Job } from './job.ts';
import type { JobName } from './job-names.ts';
import { listJobStates, listLastJobRuns } from './job-queries.ts';
import { type JobCalendar, type Rhythm, slotAt } from './job-slot.ts';
import { getJobCalendar, isDone, triesAgainAt } from './plan-jobs.ts';

export interface JobRow {
  readonly job: JobName;
  readonly group: 'daily' | 'weekly';
  readonly description: string;
  /** When it last began, and for which time; null when it never ran. */
  readonly last_started_at: Instant | null;
  readonly last_slot: Instant | null;
  readonly duration_ms: number | null;
  /** Of the last time; `running` also when it was killed. */
  readonly outcome: 'running' | 'done' | 'partial' | 'failed' | null;
  readonly error: string | null;
  readonly attempts: number | null;
  /** When it is due next, in the past while it is overdue; null for one that the setting `jobs.disabled` names. */
  readonly next_at: Instant | null;
  readonly overdue: boolean;
  /** While it is overdue, the first time since it was last done at which it was due. */
  readonly overdue_since: Instant | null;
  readonly failing_since: Instant | null;
  /** Failures in a row. */
  readonly failures: number;
  readonly summary: object;
}

/** Every job with what it did last and when it is due next, in the order in which they run. */
export async function listJobs(queries: Queries, config: Config, clock: Clock): Promise<JobRow[]> {
  const calendar = await getJobCalendar(queries, config);
  const last = new Map((await listLastJobRuns(queries)).map((run) => [run.job, run]));
  const disabled = await getSetting(queries, 'jobs.disabled');
  const states = new Map((await listJobStates(queries)).map((state) => [state.job, state]));
  return JOBS.map((job) => {
    return {
      job: job.name,
      group: job.group,
      description: job.summary,
      ...describeLast(last.get(job.name)),
      ...(disabled.includes(job.name)
        ? { next_at: null, ...NOT_OVERDUE }
        : describeNext(job, last.get(job.name), calendar, clock)),
      failing_since: states.get(job.name)?.failing_since ?? null,
      failures: states.get(job.name)?.failures ?? 0,
    };
  });
}

type LastRun = Selectable<JobRunsTable> | undefined;
type Last = 'last_started_at' | 'last_slot' | 'duration_ms' | 'outcome' | 'error' | 'attempts' | 'summary';

function describeLast(run: LastRun): Pick<JobRow, Last> {
  if (run === undefined) {
    const nothing = { last_started_at: null, last_slot: null, duration_ms: null, outcome: null };
    return { ...nothing, error: null, attempts: null, summary: {} };
  }
  const { started_at, finished_at, slot, status, error, attempts, summary } = run;
  return {
    last_started_at: started_at,
    last_slot: slot,
    duration_ms: finished_at === null ? null : Date.parse(finished_at) - Date.parse(started_at),
    outcome: status,
    error,
    attempts,
    summary: JSON.parse(summary) as object,
  };
}

const NOT_OVERDUE = { overdue: false, overdue_since: null };

function describeNext(
  { rhythm }: Job,
  run: LastRun,
  calendar: JobCalendar,
  clock: Clock,
): Pick<JobRow, 'next_at' | 'overdue' | 'overdue_since'> {
  const { slot, next } = slotAt(rhythm, clock.milliseconds(), calendar);
  const isDue = run === undefined || run.slot < slot || !isDone(run);
  // Campaigns are looked for every five minutes, and most times there are none.
  if (rhythm === 'five_minutes' || !isDue) return { next_at: next, ...NOT_OVERDUE };
  const isToBeTriedAgain = run?.slot === slot && run.status === 'failed';
  const overdue_since = run === undefined ? slot : firstUndone(rhythm, run, calendar);
  return { next_at: isToBeTriedAgain ? triesAgainAt(run) : slot, overdue: true, overdue_since };
}

function firstUndone(rhythm: Rhythm, run: NonNullable<LastRun>, calendar: JobCalendar): Instant {
  return isDone(run) ? slotAt(rhythm, Date.parse(run.slot), calendar).next : run.slot;
}
