import { canonicalJson } from '../canonical-json.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import type { Job } from './job.ts';
import { findJobRun, saveJobEnd, saveJobStart } from './job-queries.ts';
import { type JobResult, type JobsContext, notRun, type RunJobsOptions } from './job-result.ts';
import type { JobContext, JobOutcome } from './job-work.ts';
import { limitDatabase, type TimeLimit, timeIsUp } from './limit-database.ts';
import { isDone, type PlannedJob } from './plan-jobs.ts';
import { settleNotices } from './settle-notices.ts';
import { waitForLock } from './under-lock.ts';

const MINUTE_MS = 60_000;

interface Ended {
  readonly result: JobResult;
  readonly error?: unknown;
}

/** Does one job that is due, under its lock; whoever comes second finds it done. Never throws for what the job itself does. */
export async function runJob(
  context: JobsContext,
  planned: PlannedJob,
  options: RunJobsOptions,
): Promise<Ended> {
  const { database, clock } = context;
  const { job, slot } = planned;
  if (context.dryRun) return work(context, planned, options, 0);
  const lock = await waitForLock(context, `job-${job.name}`, options.lockWaitMs);
  if (lock === undefined) return { result: notRun(planned, 'locked') };
  try {
    const attempts = await database.transaction(async (transaction) => {
      const before = await findJobRun(transaction, job.name, slot);
      if (before !== undefined && isDone(before) && !options.again) return undefined;
      const next = (before?.attempts ?? 0) + 1;
      await saveJobStart(transaction, {
        ...{ job: job.name, slot, attempts: next, run_id: context.run.id },
        ...{ host: context.host, process_id: context.processId, started_at: clock.now() },
      });
      return next;
    });
    if (attempts === undefined) return { result: notRun(planned, 'already_done') };
    const ended = await work(context, planned, options, attempts);
    await settle(context, slot, ended);
    return ended;
  } finally {
    await lock.release();
  }
}

async function settle(context: JobsContext, slot: Instant, { result, error }: Ended): Promise<void> {
  const { database, clock } = context;
  const { job, outcome, summary } = result;
  const status = outcome === 'done' || outcome === 'partial' ? outcome : 'failed';
  await saveJobEnd(
    database.queries,
    { job, slot },
    {
      ...{ status, finished_at: clock.now(), summary: canonicalJson(summary), error: result.error },
    },
  );
  // Whoever pressed Ctrl-C knows.
  if (outcome !== 'interrupted') await settleNotices(context, result, error);
}

async function work(
  context: JobsContext,
  { job, slot }: PlannedJob,
  { limitMinutes = job.limitMinutes }: RunJobsOptions,
  attempts: number,
): Promise<Ended> {
  const { clock, signal } = context;
  const started = clock.milliseconds();
  const limit: TimeLimit = {
    job: job.name,
    minutes: limitMinutes,
    remaining: () => started + limitMinutes * MINUTE_MS - clock.milliseconds(),
  };
  const end = (outcome: JobResult['outcome'], rest: Pick<JobResult, 'summary' | 'error'>): JobResult => {
    const duration_ms = clock.milliseconds() - started;
    return { job: job.name, slot, outcome, duration_ms, attempts, ...rest };
  };
  try {
    const { summary, partial = false } = await withinLimit(context, job, limit);
    if (signal.aborted) return { result: end('interrupted', { summary, error: 'interrupted' }) };
    return { result: end(partial ? 'partial' : 'done', { summary, error: null }) };
  } catch (thrown) {
    const error = limit.remaining() <= 0 ? timeIsUp(limit) : thrown;
    const code = error instanceof ReferralError ? error.code : 'internal';
    const outcome = code === 'interrupted' || signal.aborted ? 'interrupted' : 'failed';
    return { result: end(outcome, { summary: {}, error: code }), error };
  }
}

/** Mails that are on their way are written down however late it is: sending only hears the signal. */
async function withinLimit(context: JobsContext, job: Job, limit: TimeLimit): Promise<JobOutcome> {
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(), limit.minutes * MINUTE_MS);
  const inside: JobContext = {
    ...context,
    database: job.name === 'send-campaigns' ? context.database : limitDatabase(context.database, limit),
    signal: AbortSignal.any([context.signal, time.signal]),
  };
  try {
    return await context.works[job.name](inside);
  } finally {
    clearTimeout(timer);
  }
}
