import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import type { JobName } from './job-names.ts';
import type { Rhythm } from './job-slot.ts';

export interface Job {
  readonly name: JobName;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly rhythm: Rhythm;
  /** The group that it runs with beside `due`. */
  readonly group: 'daily' | 'weekly';
  /** How long it may take. */
  readonly limitMinutes: number;
}

function job(
  name: JobName,
  group: Job['group'],
  limitMinutes: number,
  summary: string,
  rhythm: Rhythm = group,
): Job {
  return { name, summary, rhythm, group, limitMinutes };
}

/** Every job, in the order in which they run: what decides comes before what counts, and mailing, which takes longest, comes last. */
export const JOBS: readonly Job[] = [
  job('expire-codes', 'daily', 30, 'mark codes whose time is over'),
  job('release-holds', 'daily', 30, 'approve referrals whose hold days are over'),
  job('compute-rewards', 'daily', 120, 'book what referrals and milestones have earned'),
  job('expire-rewards', 'daily', 60, 'expire rewards that nobody claimed in time'),
  job('compute-leaderboards', 'daily', 60, 'put the digest of every running leaderboard on record'),
  job('score-segments', 'daily', 60, 'sort every customer into a segment'),
  job('backup', 'daily', 240, 'back up the whole database'),
  job('prune-backups', 'daily', 60, 'remove backups that the settings backup.keep_… no longer ask for'),
  job('prune-logs', 'weekly', 60, 'remove old records of jobs, runs and the audit log, as the settings say'),
  job('drill', 'weekly', 480, 'restore the newest backup on trial, beside the database, and check it'),
  job('send-campaigns', 'daily', 1_440, 'send what is due of campaigns that were scheduled', 'five_minutes'),
];

/** The jobs that `jobs run` is asked for: `due` and `daily` and `weekly`, or one by name. Throws `not_found`. */
export function parseJobSelection(text: string): readonly Job[] {
  if (text === 'due') return JOBS;
  const found = JOBS.filter(({ name, group }) => name === text || group === text);
  if (found.length > 0) return found;
  const names = ['due', 'daily', 'weekly', ...JOBS.map(({ name }) => name)];
  throw new ReferralError('not_found', `There is no job "${text}"`, {
    hint: didYouMean(text, names, 'List them: referral jobs list'),
    details: { job: text },
  });
}
