import type { OnProgress } from '../progress.ts';
import type { Instant } from '../time.ts';
import type { Job } from './job.ts';
import type { JobName } from './job-names.ts';
import type { JobContext, JobWork } from './job-work.ts';
import type { PlannedJob } from './plan-jobs.ts';

export interface RunJobsOptions {
  readonly jobs: readonly Job[];
  readonly again: boolean;
  readonly patient: boolean;
  /** How long to wait for another process that does the same job. */
  readonly lockWaitMs: number;
  /** Instead of each job's own limit. */
  readonly limitMinutes?: number | undefined;
}

export interface JobsContext extends Omit<JobContext, 'signal'> {
  readonly signal: AbortSignal;
  readonly works: Readonly<Record<JobName, JobWork>>;
  /** Tells the operator about a failure or a recovery; gives what could not be told, and why. */
  readonly tell: TellOperator;
  readonly warn: (text: string) => void;
  /** Hears before each job how many have had their turn. */
  readonly onProgress?: OnProgress | undefined;
}

export interface JobNotice {
  readonly event: 'job.failed' | 'job.recovered';
  readonly job: string;
  readonly database: string;
  readonly host: string;
  readonly at: Instant;
  readonly failing_since: Instant;
  /** In a row. */
  readonly failures: number;
  /** The code of the error, and what to do. */
  readonly error: string | null;
  readonly hint: string | null;
}

export type NoticeChannel = 'mail' | 'webhook';

/** Sends a notice over those of `channels` that are set up; gives the ones that took it, and a sentence for each that failed. */
export type TellOperator = (
  notice: JobNotice,
  channels: readonly NoticeChannel[],
) => Promise<{ readonly told: readonly NoticeChannel[]; readonly problems: readonly string[] }>;

export interface JobResult {
  readonly job: JobName;
  readonly slot: Instant;
  readonly outcome:
    | 'done'
    | 'partial'
    | 'failed'
    | 'locked'
    | 'already_done'
    | 'waiting'
    | 'idle'
    | 'interrupted';
  readonly duration_ms: number;
  readonly attempts: number;
  readonly summary: Readonly<Record<string, unknown>>;
  /** The code of the error, or null. */
  readonly error: string | null;
}

/** A job of which nothing was done. */
export function notRun({ job, slot }: PlannedJob, outcome: JobResult['outcome']): JobResult {
  return { job: job.name, slot, outcome, duration_ms: 0, attempts: 0, summary: {}, error: null };
}
