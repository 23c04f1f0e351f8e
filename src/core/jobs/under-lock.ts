import type { ProcessLock } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { JobContext } from './job-work.ts';

const POLL_MS = 250;
// A command that a person has typed is waited for; what takes longer than this is tried again with the next run of the job.
const PATIENCE_MS = 600_000;

type Waiting = Pick<JobContext, 'clock' | 'database' | 'signal' | 'sleep'>;

/** Takes a lock that another process may hold for up to `patienceMs`; undefined when it still does. */
export async function waitForLock(
  { clock, database, signal, sleep }: Waiting,
  name: string,
  patienceMs: number,
): Promise<ProcessLock | undefined> {
  const until = clock.milliseconds() + patienceMs;
  for (;;) {
    const lock = await database.tryLock(name);
    if (lock !== undefined || signal.aborted || clock.milliseconds() >= until) return lock;
    await sleep(POLL_MS, signal);
  }
}

/** Does the work under the lock that the command of the same name takes. Throws `locked`. */
export async function underLock<T>(context: Waiting, name: string, work: () => Promise<T>): Promise<T> {
  const lock = await waitForLock(context, name, PATIENCE_MS);
  if (lock === undefined) throw lockedError(name);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

export function lockedError(name: string): ReferralError {
  return new ReferralError('locked', `Another run of this job is at work (lock "${name}")`, {
    hint: 'Wait for it, or add --lock-wait 5m to wait, or --skip-if-locked to end quietly.',
    details: { lock: name },
  });
}
