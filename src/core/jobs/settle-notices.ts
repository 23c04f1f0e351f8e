import type { Selectable } from 'kysely';
import type { JobStatesTable } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { findJobState, saveJobState } from './job-queries.ts';
import type { JobNotice, JobResult, JobsContext, NoticeChannel } from './job-result.ts';

export type JobState = Omit<Selectable<JobStatesTable>, 'job'>;

const WELL: JobState = { failing_since: null, failures: 0, mailed_at: null, posted_at: null };

/** Where a streak of failures stands after a job ended, and what is to be told over which channels. */
export function decideNotice(
  before: JobState,
  failed: boolean,
  now: Instant,
): {
  readonly state: JobState;
  readonly event: JobNotice['event'] | null;
  readonly channels: readonly NoticeChannel[];
} {
  const told: NoticeChannel[] = [
    ...(before.mailed_at === null ? [] : (['mail'] as const)),
    ...(before.posted_at === null ? [] : (['webhook'] as const)),
  ];
  if (failed) {
    const state = { ...before, failing_since: before.failing_since ?? now, failures: before.failures + 1 };
    const channels = (['mail', 'webhook'] as const).filter((channel) => !told.includes(channel));
    return { state, event: 'job.failed', channels };
  }
  if (told.length === 0) return { state: WELL, event: null, channels: [] };
  return { state: before, event: 'job.recovered', channels: told };
}

/** The state after some channels took the notice. A channel that did not is tried again when the job has ended the next time. */
export function noteTold(
  state: JobState,
  event: JobNotice['event'],
  told: readonly NoticeChannel[],
  now: Instant,
): JobState {
  const mark = event === 'job.failed' ? now : null;
  const after = {
    ...state,
    mailed_at: told.includes('mail') ? mark : state.mailed_at,
    posted_at: told.includes('webhook') ? mark : state.posted_at,
  };
  const isOver = event === 'job.recovered' && after.mailed_at === null && after.posted_at === null;
  return isOver ? WELL : after;
}

/** Tells the operator once when a job begins to fail and once when it works again. What can't be told does not fail the job. */
export async function settleNotices(context: JobsContext, result: JobResult, error: unknown): Promise<void> {
  const { database, clock, host } = context;
  const { job } = result;
  const before = (await findJobState(database.queries, job)) ?? WELL;
  const { state, event, channels } = decideNotice(before, result.outcome === 'failed', clock.now());
  const save = (row: JobState) =>
    saveJobState(database.queries, {
      job,
      failing_since: row.failing_since,
      failures: row.failures,
      mailed_at: row.mailed_at,
      posted_at: row.posted_at,
    });
  await save(state);
  if (event === null || channels.length === 0) return;
  const notice: JobNotice = {
    ...{ event, job, database: database.name, host, at: clock.now() },
    ...{ failing_since: state.failing_since ?? clock.now(), failures: state.failures },
    error: result.error,
    hint: error instanceof ReferralError ? (error.hint ?? null) : null,
  };
  const { told, problems } = await context.tell(notice, channels);
  for (const problem of problems) context.warn(problem);
  if (told.length > 0) await save(noteTold(state, event, told, clock.now()));
}
