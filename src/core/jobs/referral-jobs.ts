import { appendAudit } from '../audit/append-audit.ts';
import { expireCodes } from '../codes/change-code.ts';
import { getContest } from '../contests/get-contest.ts';
import { listContests } from '../contests/list-contests.ts';
import { advanceReferrals } from '../conversions/advance-referrals.ts';
import { computeLeaderboard } from '../leaderboard/compute-leaderboard.ts';
import { expireRewards } from '../rewards/change-rewards.ts';
import { computeRewards } from '../rewards/compute-rewards.ts';
import { scoreSegments } from '../segments/score-segments.ts';
import type { JobContext, JobOutcome } from './job-work.ts';
import { underLock } from './under-lock.ts';

export async function expireOverdueCodes({ database, clock, run, dryRun }: JobContext): Promise<JobOutcome> {
  const summary = await database.transaction((trx) => expireCodes(trx, { clock, run }, undefined), {
    rollback: dryRun,
  });
  return { summary: { ...summary } };
}

/** Approves what is held by time alone, in every contest whose ranking is not frozen. */
export async function releaseHolds(context: JobContext): Promise<JobOutcome> {
  const { database, clock, run, dryRun } = context;
  let approved = 0;
  for (const slug of await listRunning(context)) {
    approved += await database.transaction(
      async (trx) => {
        const contest = await getContest(trx, slug);
        if (contest.status === 'finalized' || contest.status === 'cancelled') return 0;
        const count = await advanceReferrals(trx, contest, clock.now());
        const details = { approved: count };
        if (count > 0)
          await appendAudit(trx, clock, run, { action: 'referrals.released', subject: slug, details });
        return count;
      },
      { rollback: dryRun },
    );
  }
  return { summary: { approved } };
}

export async function computeAllRewards(context: JobContext): Promise<JobOutcome> {
  const { database, clock, run, dryRun } = context;
  const { dry_run: _, ...summary } = await underLock(context, 'rewards', () =>
    computeRewards({ database, clock, run }, { contest: undefined, dryRun }),
  );
  return { summary };
}

export async function expireAllRewards(context: JobContext): Promise<JobOutcome> {
  const { database, clock, run, dryRun } = context;
  const { expired } = await underLock(context, 'rewards', () =>
    expireRewards({ database, clock, run }, { contest: undefined, dryRun }),
  );
  return { summary: { expired } };
}

/** Puts the digest of every running leaderboard into the audit log, where it can't be changed afterwards. */
export async function recordLeaderboards(context: JobContext): Promise<JobOutcome> {
  const { database, clock, run, dryRun } = context;
  const boards: Record<string, unknown>[] = [];
  for (const slug of await listRunning(context)) {
    const { as_of, digest, entries } = await database.snapshot(async (trx) =>
      computeLeaderboard(trx, await getContest(trx, slug), { now: clock.now() }),
    );
    const board = { as_of, digest, entries: entries.length, points: entries[0]?.points ?? 0 };
    boards.push({ contest: slug, ...board });
    await database.transaction(
      (trx) =>
        appendAudit(trx, clock, run, { action: 'leaderboard.computed', subject: slug, details: board }),
      { rollback: dryRun },
    );
  }
  return { summary: { leaderboards: boards } };
}

export async function scoreAllSegments(context: JobContext): Promise<JobOutcome> {
  const { database, clock, run, dryRun } = context;
  const { scored, segments } = await underLock(context, 'score-segments', () =>
    scoreSegments(database, { clock, run, dryRun }),
  );
  return { summary: { scored, segments } };
}

async function listRunning({ database, clock, config }: JobContext): Promise<readonly string[]> {
  const where = ['status in active, paused, ended'];
  const { timezone } = config;
  const rows = await listContests(database.queries, clock, { where, offset: 0, timezone });
  return rows.map(({ contest }) => contest).sort();
}
