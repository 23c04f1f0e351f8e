import type { Selectable } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { JobRunsTable } from '../database/tables.ts';
import type { Config } from '../settings/config.ts';
import { getSetting, getSettings } from '../settings/settings.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import type { Job } from './job.ts';
import { findJobRun } from './job-queries.ts';
import { type JobCalendar, type JobSlot, slotAt } from './job-slot.ts';
import { hasDueCampaigns } from './send-due-campaigns.ts';

export interface PlannedJob extends JobSlot {
  readonly job: Job;
  /** `done` for its slot already, `waiting` after a failure, `idle` where there is nothing to do. */
  readonly state: 'due' | 'done' | 'waiting' | 'idle';
}

export interface PlanOptions {
  /** Do what is done already once more. */
  readonly again: boolean;
  /** After a failure wait before trying again; who names a job does not want to. */
  readonly patient: boolean;
}

const FIRST_WAIT_MS = 300_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** When jobs are due: the settings `jobs.daily_at` and `jobs.weekly_on`, in the configured time zone. */
export async function getJobCalendar(queries: Queries, { timezone }: Config): Promise<JobCalendar> {
  const settings = await getSettings(queries, ['jobs.daily_at', 'jobs.weekly_on']);
  return { timezone, dailyAt: settings['jobs.daily_at'], weeklyOn: settings['jobs.weekly_on'] };
}

/** Which of these jobs are to be done now. Reads only. */
export async function planJobs(
  queries: Queries,
  jobs: readonly Job[],
  calendar: JobCalendar,
  clock: Clock,
  options: PlanOptions,
): Promise<PlannedJob[]> {
  const planned: PlannedJob[] = [];
  // Who names a job wants it all the same.
  const disabled = jobs.length === 1 ? [] : await getSetting(queries, 'jobs.disabled');
  for (const job of jobs) {
    const slot = slotAt(job.rhythm, clock.milliseconds(), calendar);
    const run = await findJobRun(queries, job.name, slot.slot);
    const state = disabled.includes(job.name)
      ? 'idle'
      : await stateOf(queries, job, run, clock.now(), options);
    planned.push({ job, ...slot, state });
  }
  return planned;
}

async function stateOf(
  queries: Queries,
  job: Job,
  run: Selectable<JobRunsTable> | undefined,
  now: Instant,
  { again, patient }: PlanOptions,
): Promise<PlannedJob['state']> {
  if (run !== undefined && isDone(run) && !again) return 'done';
  if (patient && run?.status === 'failed' && now < triesAgainAt(run)) return 'waiting';
  if (job.name === 'send-campaigns' && !(await hasDueCampaigns(queries, now))) return 'idle';
  return 'due';
}

export function isDone({ status }: Pick<Selectable<JobRunsTable>, 'status'>): boolean {
  return status === 'done' || status === 'partial';
}

/** 5, 10, 20 minutes after a failure and so on, at most six hours. */
export function triesAgainAt({
  started_at,
  finished_at,
  attempts,
}: Pick<Selectable<JobRunsTable>, 'started_at' | 'finished_at' | 'attempts'>): Instant {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT_MS);
  return addMilliseconds(finished_at ?? started_at, wait);
}
