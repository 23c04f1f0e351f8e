import type { Clock } from '../src/core/clock.ts';
import type { Database } from '../src/core/database/database.ts';
import { JOBS } from '../src/core/jobs/job.ts';
import type { JobName } from '../src/core/jobs/job-names.ts';
import type { JobNotice, JobsContext, NoticeChannel } from '../src/core/jobs/job-result.ts';
import type { JobWork } from '../src/core/jobs/job-work.ts';
import { defaultConfig } from '../src/core/settings/config.ts';
import { createKeyring } from '../src/core/settings/keyring.ts';
import { toInstant } from '../src/core/time.ts';

export type MovingClock = Clock & { time: number };

/** A clock that stands still until a test moves it. */
export function movingClock(start: number): MovingClock {
  const clock = { time: start, now: () => toInstant(clock.time), milliseconds: () => clock.time };
  return clock;
}

/** All but the one that has nothing to do while no campaign is due. */
export const NIGHTLY_JOBS = JOBS.filter(({ name }) => name !== 'send-campaigns');

/** What each job does, by its name. */
export function worksOf(work: (job: JobName) => JobWork): Record<JobName, JobWork> {
  return Object.fromEntries(JOBS.map(({ name }) => [name, work(name)])) as Record<JobName, JobWork>;
}

export interface Told {
  readonly notices: JobNotice[];
  /** Channels that are set up and work; the others fail. */
  working: readonly NoticeChannel[];
}

/** What jobs are given, with no transport, no store and nobody to tell but a list. */
export function jobsContext(
  database: Database,
  clock: Clock,
  works: Record<JobName, JobWork>,
  told: Told = { notices: [], working: ['mail', 'webhook'] },
): JobsContext {
  return {
    ...{
      database,
      clock,
      works,
      run: { id: null, operator: 'tester' },
      config: defaultConfig(),
      keyring: createKeyring(['x']),
    },
    random: { bytes: (count) => new Uint8Array(count) },
    signal: new AbortController().signal,
    // Waiting moves on to other work in this process, and no time passes.
    sleep: () => new Promise((resolve) => setTimeout(resolve, 2)),
    ...{ directory: '/nowhere', host: 'here', processId: 1, programVersion: '0.0.0', hasProvider: false },
    openTransport: () => Promise.reject(new Error('no transport here')),
    openStore: () => Promise.reject(new Error('no store here')),
    findUnseal: () => Promise.resolve(undefined),
    dryRun: false,
    tell: async (notice, channels) => {
      told.notices.push(notice);
      const reached = channels.filter((channel) => told.working.includes(channel));
      const problems = channels.filter((channel) => !reached.includes(channel));
      return { told: reached, problems };
    },
    warn: () => undefined,
  };
}
