import { expect, test } from 'vitest';
import { describeEngines, describeEngineUrls } from '../../../test/engines.ts';
import { jobsContext, movingClock, NIGHTLY_JOBS, type Told, worksOf } from '../../../test/jobs-fixture.ts';
import { runCrons } from '../../../test/soak-jobs.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { ReferralError } from '../errors.ts';
import { defaultConfig } from '../settings/config.ts';
import { parseJobSelection } from './job.ts';
import type { JobName } from './job-names.ts';
import type { JobsContext, NoticeChannel } from './job-result.ts';
import type { JobContext, JobWork } from './job-work.ts';
import { listJobs } from './list-jobs.ts';
import { runJobs } from './run-jobs.ts';

const START = Date.parse('2026-03-04T01:30:00.000Z');
const HOUR_MS = 3_600_000;
const STEP_MS = 300_000;

const nothing: JobWork = async () => ({ summary: {} });

const options = { again: false, patient: true, lockWaitMs: 0 };
const due = { ...options, jobs: NIGHTLY_JOBS };

function failing(): never {
  throw new ReferralError('locked', 'somebody else is at it', { hint: 'Wait.' });
}

describeEngineUrls('two crons at once', (createUrl) => {
  test('do every job exactly once in an hour of simulated time', async () => {
    expect(await runCrons(createUrl, 1)).toMatchObject({ hours: 1, crons: 2, wrong: [] });
  });
});

describeEngines('jobs', (open, engine) => {
  const run = (context: JobsContext, which: string, more = {}) =>
    runJobs(context, { ...options, patient: false, jobs: parseJobSelection(which), ...more });

  test('that were missed for days are made up for once', async () => {
    const database = await open();
    const clock = movingClock(START);
    let count = 0;
    const works = worksOf(() => async () => {
      count += 1;
      return { summary: {} };
    });
    const context = jobsContext(database, clock, works);
    await run(context, 'expire-codes');
    clock.time += 5 * 24 * HOUR_MS;
    await run(context, 'expire-codes');
    const { results } = await run(context, 'expire-codes');
    expect(count).toBe(2);
    expect(results).toMatchObject([{ outcome: 'already_done', slot: '2026-03-08T02:00:00.000Z' }]);
    await run(context, 'expire-codes', { again: true });
    expect(count).toBe(3);
  });

  test('that fail do not keep others from being done, and are tried again later and later', async () => {
    const database = await open();
    const clock = movingClock(START);
    const tried: string[] = [];
    const works = worksOf((job) => async () => {
      tried.push(job);
      return job === 'compute-rewards' ? failing() : { summary: {} };
    });
    const context = jobsContext(database, clock, works);
    const told: number[] = [];
    const onProgress = (done: number, total?: number): number => told.push(done / (total ?? 0));
    const outcomes = async () => {
      const { results } = await runJobs({ ...context, onProgress }, due);
      return Object.fromEntries(results.map(({ job, outcome }) => [job, outcome]));
    };
    expect(await outcomes()).toMatchObject({ 'compute-rewards': 'failed', backup: 'done' });
    expect(told).toEqual(NIGHTLY_JOBS.map((_, at) => at / NIGHTLY_JOBS.length));
    expect(await outcomes()).toMatchObject({ 'compute-rewards': 'waiting', backup: 'already_done' });
    clock.time += STEP_MS;
    expect(await outcomes()).toMatchObject({ 'compute-rewards': 'failed' });
    clock.time += STEP_MS;
    // The second wait is twice as long; who asks for the job by name does not wait.
    expect(await outcomes()).toMatchObject({ 'compute-rewards': 'waiting' });
    expect((await run(context, 'compute-rewards')).results).toMatchObject([
      { outcome: 'failed', attempts: 3 },
    ]);
    expect(tried.filter((job) => job === 'compute-rewards')).toHaveLength(3);
  });

  test('tell the operator once when they begin to fail, and once when they work again', async () => {
    const database = await open();
    const clock = movingClock(START);
    const told: Told = { notices: [], working: ['mail', 'webhook'] };
    let fails = true;
    const works = worksOf(() => async () => (fails ? failing() : { summary: {} }));
    const context = jobsContext(database, clock, works, told);
    for (let night = 0; night < 3; night += 1) {
      await run(context, 'backup');
      clock.time += 24 * HOUR_MS;
    }
    expect(told.notices).toMatchObject([
      { event: 'job.failed', job: 'backup', error: 'locked', hint: 'Wait.', failures: 1 },
    ]);
    fails = false;
    await run(context, 'backup');
    clock.time += 24 * HOUR_MS;
    await run(context, 'backup');
    expect(told.notices.slice(1)).toMatchObject([
      { event: 'job.recovered', failures: 3, failing_since: '2026-03-04T01:30:00.000Z' },
    ]);
    fails = true;
    clock.time += 24 * HOUR_MS;
    await run(context, 'backup');
    expect(told.notices).toHaveLength(3);
  });

  test('tell again over the channel that did not take it, and only over that one', async () => {
    const database = await open();
    const clock = movingClock(START);
    const told: Told = { notices: [], working: ['mail'] };
    const tries: (readonly NoticeChannel[])[] = [];
    const plain = jobsContext(
      database,
      clock,
      worksOf(() => async () => failing()),
      told,
    );
    const context: JobsContext = {
      ...plain,
      tell: (notice, channels) => {
        tries.push(channels);
        return plain.tell(notice, channels);
      },
    };
    await run(context, 'backup');
    await run(context, 'backup');
    told.working = ['mail', 'webhook'];
    await run(context, 'backup');
    await run(context, 'backup');
    expect(tries).toEqual([['mail', 'webhook'], ['webhook'], ['webhook']]);
  });

  test('end with nothing done while the database is in quarantine', async () => {
    const database = await open();
    await saveMeta(database.queries, 'quarantined_at', '2026-03-01T00:00:00.000Z');
    const context = jobsContext(
      database,
      movingClock(START),
      worksOf(() => () => Promise.reject(new Error('ran'))),
    );
    await expect(run(context, 'daily')).rejects.toMatchObject({ code: 'quarantined' });
  });

  test('leave nothing of a transaction behind when their time is up, and go on with the next job', async () => {
    const database = await open();
    const clock = movingClock(START);
    const writeSlowly: JobWork = async (context: JobContext) =>
      context.database.transaction(async (trx) => {
        await saveMeta(trx, 'slow', 'half done');
        clock.time += HOUR_MS;
        await saveMeta(trx, 'slow', 'done');
        return { summary: {} };
      });
    const works = worksOf((job) => (job === 'expire-codes' ? writeSlowly : nothing));
    const { results, failure } = await run(jobsContext(database, clock, works), 'daily', {
      limitMinutes: 30,
    });
    expect(results.slice(0, 2)).toMatchObject([
      { job: 'expire-codes', outcome: 'failed', error: 'time_limit' },
      { job: 'release-holds', outcome: 'done' },
    ]);
    expect(failure).toMatchObject({ code: 'time_limit', hint: expect.stringContaining('--time-limit') });
    expect(
      await database.queries.selectFrom('meta').selectAll().where('name', '=', 'slow').execute(),
    ).toEqual([]);
    // Time is not up for whoever uses the database afterwards.
    if (engine === 'postgres') await saveMeta(database.queries, 'slow', 'later');
  });

  test('that another process is doing are left to it, and are done by the next when it dies', async () => {
    const database = await open();
    const clock = movingClock(START);
    const context = jobsContext(
      database,
      clock,
      worksOf(() => nothing),
    );
    const lock = await database.tryLock('job-backup');
    expect((await run(context, 'backup')).results).toMatchObject([{ outcome: 'locked' }]);
    // What a process leaves that was killed: a row that says running, and no lock.
    await database.queries
      .insertInto('job_runs')
      .values({
        ...{ job: 'backup', slot: '2026-03-03T02:00:00.000Z', status: 'running', attempts: 1, run_id: null },
        ...{
          host: 'there',
          process_id: 2,
          started_at: clock.now(),
          finished_at: null,
          summary: '{}',
          error: null,
        },
      })
      .execute();
    await lock?.release();
    expect((await run(context, 'backup')).results).toMatchObject([{ outcome: 'done', attempts: 2 }]);
  });

  test('change nothing in a dry run', async () => {
    const database = await open();
    const seen: boolean[] = [];
    const works = worksOf(() => async ({ dryRun }) => {
      seen.push(dryRun);
      return { summary: { would: 1 } };
    });
    const context = { ...jobsContext(database, movingClock(START), works), dryRun: true };
    expect((await run(context, 'backup')).results).toMatchObject([
      { outcome: 'done', summary: { would: 1 } },
    ]);
    expect(seen).toEqual([true]);
    expect(await database.queries.selectFrom('job_runs').selectAll().execute()).toEqual([]);
  });

  test('are listed with what they did last and when they are due next', async () => {
    const database = await open();
    const clock = movingClock(START);
    const list = async (name: JobName) =>
      (await listJobs(database.queries, defaultConfig(), clock)).find(({ job }) => job === name);
    expect(await list('backup')).toMatchObject({
      outcome: null,
      overdue: true,
      next_at: '2026-03-03T02:00:00.000Z',
      overdue_since: '2026-03-03T02:00:00.000Z',
    });
    const works = worksOf((job) => async () => {
      clock.time += 2_500;
      return job === 'compute-rewards' ? failing() : { summary: { rows: 7 } };
    });
    await runJobs(jobsContext(database, clock, works), due);
    expect(await list('backup')).toMatchObject({
      ...{ outcome: 'done', overdue: false, next_at: '2026-03-04T02:00:00.000Z' },
      ...{ duration_ms: 2_500, summary: { rows: 7 }, failing_since: null },
    });
    expect(await list('compute-rewards')).toMatchObject({ outcome: 'failed', error: 'locked', failures: 1 });
    expect(await list('send-campaigns')).toMatchObject({ outcome: null, overdue: false });
    clock.time += 3 * 86_400_000;
    expect(await list('backup')).toMatchObject({
      next_at: '2026-03-06T02:00:00.000Z',
      overdue_since: '2026-03-04T02:00:00.000Z',
    });
  });
});

test('a job that does not exist is named with the nearest one that does', () => {
  expect(() => parseJobSelection('bakup')).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect(parseJobSelection('weekly').every(({ group }) => group === 'weekly')).toBe(true);
});
