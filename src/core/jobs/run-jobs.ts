import { ReferralError } from '../errors.ts';
import { tellProgress } from '../progress.ts';
import { assertReleased } from '../settings/quarantine.ts';
import { type JobResult, type JobsContext, notRun, type RunJobsOptions } from './job-result.ts';
import type { JobContext } from './job-work.ts';
import { getJobCalendar, type PlannedJob, planJobs } from './plan-jobs.ts';
import { runJob } from './run-job.ts';

export interface RanJobs {
  readonly results: readonly JobResult[];
  /** The first error, for a job that was named. */
  readonly failure: unknown;
}

/** Which of the jobs are to be done now; nothing is changed. Throws `quarantined`. */
export async function findDueJobs(
  { database, clock, config }: Pick<JobContext, 'database' | 'clock' | 'config'>,
  { jobs, again, patient }: Pick<RunJobsOptions, 'jobs' | 'again' | 'patient'>,
): Promise<readonly PlannedJob[]> {
  await assertReleased(database.queries);
  const calendar = await getJobCalendar(database.queries, config);
  return planJobs(database.queries, jobs, calendar, clock, { again, patient });
}

/**
 * Does every job that is due, one after the other, each once for its slot however many processes try. One that fails does not
 * keep the others from being done.
 */
export async function runJobs(context: JobsContext, options: RunJobsOptions): Promise<RanJobs> {
  const results: JobResult[] = [];
  let failure: unknown;
  const jobs = await findDueJobs(context, options);
  for (const planned of jobs) {
    await tellProgress(context.onProgress, results.length, jobs.length);
    if (planned.state !== 'due') {
      results.push(notRun(planned, planned.state === 'done' ? 'already_done' : planned.state));
      continue;
    }
    if (context.signal.aborted) {
      results.push(notRun(planned, 'interrupted'));
      continue;
    }
    const { result, error } = await runJob(context, planned, options);
    failure ??= error;
    results.push(result);
    if (error instanceof ReferralError && error.code === 'quarantined') break;
  }
  return { results, failure };
}
