import { expect, test } from 'vitest';
import { CONFIG, createAudience, KEYRING, RUN } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { listAudit } from '../audit/list-audit.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { sleep } from '../delivery/pace.ts';
import { systemRandom } from '../random.ts';
import { pruneRuns } from '../runs/prune-runs.ts';
import { finishRun, startRun } from '../runs/record-run.ts';
import { addMilliseconds } from '../time.ts';
import type { JobContext } from './job-work.ts';
import { expireOverdueCodes, recordLeaderboards, releaseHolds, scoreAllSegments } from './referral-jobs.ts';

const past = addMilliseconds(systemClock.now(), -3_600_000);

function contextOf(database: Database, dryRun = false): JobContext {
  return {
    ...{ database, clock: systemClock, random: systemRandom, run: RUN, config: CONFIG, keyring: KEYRING },
    ...{ signal: new AbortController().signal, sleep, directory: '/nowhere', host: 'h', processId: 1 },
    ...{ programVersion: '0.0.0', hasProvider: false, dryRun },
    openTransport: () => Promise.reject(new Error('no transport here')),
    openStore: () => Promise.reject(new Error('no store here')),
    findUnseal: () => Promise.resolve(undefined),
  };
}

describeEngines('the daily jobs', (open) => {
  const openHeld = async (): Promise<Database> => {
    const database = await open();
    await createAudience(database, 3);
    const { queries } = database;
    const ids = await queries.selectFrom('customers').select('id').orderBy('id').execute();
    const contest = await queries.selectFrom('contests').select('id').executeTakeFirstOrThrow();
    const code = await queries.selectFrom('codes').select('id').orderBy('id').executeTakeFirstOrThrow();
    const [referrer = 0, friend = 0, other = 0] = ids.map(({ id }) => id);
    const row = {
      ...{ contest_id: contest.id, code_id: code.id, referrer_ref: referrer, booking_id: null },
      ...{ evidence: '{}', amount_minor: 100, currency: 'EUR', booked_at: past, created_at: past },
      ...{ decided_at: null, decided_by: null, updated_at: past, hold_until: past },
    };
    await queries
      .insertInto('referrals')
      .values([
        { ...row, friend_ref: friend, status: 'held', reason: 'approval.hold_days' },
        { ...row, friend_ref: other, status: 'held', reason: 'fraud.alias' },
      ])
      .execute();
    await queries.updateTable('codes').set({ expires_at: past }).where('id', '=', code.id).execute();
    return database;
  };
  const actions = async ({ queries }: Database): Promise<string[]> =>
    (await listAudit(queries, { where: [], offset: 0, now: systemClock.now() })).map(({ action }) => action);

  test('release what was held by time alone, once', async () => {
    const database = await openHeld();
    expect((await releaseHolds(contextOf(database, true))).summary).toEqual({ approved: 1 });
    expect((await releaseHolds(contextOf(database))).summary).toEqual({ approved: 1 });
    expect((await releaseHolds(contextOf(database))).summary).toEqual({ approved: 0 });
    const rows = await database.queries.selectFrom('referrals').select(['reason', 'status']).execute();
    expect(rows.filter(({ status }) => status === 'held')).toMatchObject([{ reason: 'fraud.alias' }]);
    expect(await actions(database)).toEqual(['referrals.released']);
  });

  test('expire codes, score segments, and put the digest of each leaderboard on record', async () => {
    const database = await openHeld();
    await releaseHolds(contextOf(database));
    expect((await expireOverdueCodes(contextOf(database))).summary).toMatchObject({ expired: 1 });
    expect((await expireOverdueCodes(contextOf(database))).summary).toMatchObject({ expired: 0 });
    expect((await scoreAllSegments(contextOf(database))).summary).toMatchObject({ scored: 3 });
    const { leaderboards } = (await recordLeaderboards(contextOf(database))).summary;
    expect(leaderboards).toMatchObject([
      { contest: 'summer', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const [entry] = await listAudit(database.queries, { where: [], limit: 1, offset: 0, now: past });
    expect(entry).toMatchObject({ action: 'leaderboard.computed', subject: 'summer' });
  });
});

describeEngines('old runs', (open) => {
  test('go, but not those that something refers to, nor the newest of a command', async () => {
    const database = await open();
    const { queries } = database;
    const start = { arguments: {}, operator: 'me', host: 'here', processId: 1, version: '0.0.0' };
    const ids: number[] = [];
    for (const command of ['rewards compute', 'rewards compute', 'customers import', 'rewards compute']) {
      const { id } = await startRun(queries, { ...systemClock, now: () => past }, { ...start, command });
      const clock = { ...systemClock, now: () => past };
      await finishRun(queries, clock, id, { status: 'done', exitCode: 0, summary: {} });
      ids.push(id);
    }
    const file = { kind: 'customers', scope: '', sha256: 'x', rows: 1, imported_at: past } as const;
    await queries
      .insertInto('imports')
      .values({ ...file, run_id: ids[0] ?? 0 })
      .execute();
    const prune = (dryRun: boolean) =>
      pruneRuns({ database, clock: systemClock, run: RUN }, { before: systemClock.now(), dryRun });
    expect(await prune(true)).toEqual({ removed: 1 });
    expect(await prune(false)).toEqual({ removed: 1 });
    expect(await prune(false)).toEqual({ removed: 0 });
    const left = await queries.selectFrom('runs').select('id').orderBy('id').execute();
    expect(left.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3]]);
  });
});
