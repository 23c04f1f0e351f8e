import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import type { Clock } from '../clock.ts';
import { clockAt, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { releaseClock } from '../delivery/release-clock.ts';
import { listJobs } from '../jobs/list-jobs.ts';
import { finishRun, startRun } from '../runs/record-run.ts';
import { configSchema, defaultConfig } from '../settings/config.ts';
import { setFlag } from '../settings/flags.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import type { Check } from './check.ts';
import { checkDatabase } from './check-database.ts';
import { checkOperations } from './check-operations.ts';

const DAY_MS = 86_400_000;

describeEngines('the doctor of a database', (open, engine) => {
  async function listChecks(database: Database, clock: Clock): Promise<readonly Check[]> {
    const options = { clock, readOnly: false };
    const checks = await checkDatabase(database, options);
    if (checks.some(({ check, status }) => check === 'schema' && status === 'fail')) return checks;
    const operations = { ...options, config: defaultConfig(), hasWebhookSecret: false };
    return [...checks, ...(await checkOperations(database, operations))];
  }

  async function findCheck(
    database: Database,
    name: string,
    clock: Clock = systemClock,
  ): Promise<Check | undefined> {
    return (await listChecks(database, clock)).find(({ check }) => check === name);
  }

  async function recordRun(
    database: Database,
    command: string,
    clock: Clock,
    finished: boolean,
  ): Promise<void> {
    const start = { command, arguments: {}, operator: 'me', host: 'here', processId: 1, version: '0.0.0' };
    const { id } = await startRun(database.queries, clock, start);
    if (finished) await finishRun(database.queries, clock, id, { status: 'done', exitCode: 0, summary: {} });
  }

  test('finds nothing wrong with a fresh one', async () => {
    const checks = await listChecks(await open(), systemClock);
    // The server of the tests gives up durability for speed, and says so.
    const expected = engine === 'postgres' ? ['durability'] : [];
    expect(checks.filter(({ status }) => status !== 'ok').map(({ check }) => check)).toEqual(expected);
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'database',
        'locks',
        'migrations',
        'schema',
        'quarantine',
        'clock',
        'clock_jump',
        'runs',
        'backup',
        'indexes',
        'jobs',
        'notifications',
        'senders',
        'stale_jobs',
        'in_doubt',
        'outgoing',
      ]),
    );
  });

  test('finds a schema that somebody changed by hand', async () => {
    const database = await open();
    await sql`drop table flags`.execute(database.queries);
    expect(await findCheck(database, 'schema')).toMatchObject({
      status: 'fail',
      fix: 'referral migrate verify',
    });
  });

  test('finds a pending migration and looks no further', async () => {
    const database = await open();
    await sql`delete from schema_migrations where name = (select max(name) from schema_migrations)`.execute(
      database.queries,
    );
    const checks = await checkDatabase(database, { clock: systemClock, readOnly: false });
    expect(checks.at(-1)).toMatchObject({ check: 'migrations', status: 'fail', fix: 'referral migrate' });
  });

  test('finds a restored database that nobody released', async () => {
    const database = await open();
    await saveMeta(database.queries, 'quarantined_at', '2026-03-01T00:00:00.000Z');
    expect(await findCheck(database, 'quarantine')).toMatchObject({
      status: 'fail',
      fix: `referral backup release --confirm ${database.name}`,
    });
  });

  test('finds a run that was killed, but not one that just began', async () => {
    const database = await open();
    await recordRun(database, 'customers import', systemClock, false);
    expect(await findCheck(database, 'runs')).toMatchObject({ status: 'ok' });
    await recordRun(
      database,
      'customers import',
      clockAt(addMilliseconds(systemClock.now(), -DAY_MS)),
      false,
    );
    expect(await findCheck(database, 'runs')).toMatchObject({ status: 'warn' });
  });

  test('finds an index that somebody dropped, and says how to make it again', async () => {
    const database = await open();
    await sql`drop index job_runs_by_run`.execute(database.queries);
    const check = await findCheck(database, 'indexes');
    expect(check).toMatchObject({ status: 'fail', message: 'index job_runs_by_run is missing' });
    await sql.raw((check?.fix ?? '').replace(/;$/, '')).execute(database.queries);
    expect(await findCheck(database, 'indexes')).toMatchObject({ status: 'ok' });
    expect(await findCheck(database, 'schema')).toMatchObject({ status: 'ok' });
  });

  test('finds jobs that fail, that are late, and that were killed', async () => {
    const database = await open();
    const { queries } = database;
    const row = { slot: '2026-03-01T02:00:00.000Z', attempts: 1, run_id: null, host: 'h', process_id: 1 };
    const times = { started_at: '2026-03-01T02:00:00.000Z', finished_at: null, summary: '{}', error: null };
    await queries
      .insertInto('job_runs')
      .values({ ...row, ...times, job: 'backup', status: 'running' })
      .execute();
    expect(await findCheck(database, 'stale_jobs')).toMatchObject({
      status: 'warn',
      fix: 'referral jobs run backup',
    });
    const lock = await database.tryLock('job-backup');
    expect(await findCheck(database, 'stale_jobs')).toMatchObject({ status: 'ok' });
    await lock?.release();
    expect(await findCheck(database, 'jobs')).toMatchObject({ status: 'warn', fix: 'referral jobs run due' });
    expect(await findCheck(database, 'notifications')).toMatchObject({ status: 'warn' });
    const state = { job: 'backup', failing_since: row.slot, failures: 3, mailed_at: null, posted_at: null };
    await queries.insertInto('job_states').values(state).execute();
    expect(await findCheck(database, 'jobs')).toMatchObject({
      status: 'fail',
      fix: 'referral jobs run backup',
    });
  });

  test('finds a daily job that was left out for more than a day, and not before', async () => {
    const database = await open();
    const jobs = (await listJobs(database.queries, defaultConfig(), systemClock)).map(({ job }) => job);
    // A Sunday, on which weekly jobs are due as well.
    const slot = '2026-03-01T02:00:00.000Z';
    const row = { slot, attempts: 1, run_id: null, host: 'h', process_id: 1, status: 'done' as const };
    const times = { started_at: slot, finished_at: slot, summary: '{}', error: null };
    await database.queries
      .insertInto('job_runs')
      .values(jobs.map((job) => ({ ...row, ...times, job })))
      .execute();
    const at = (now: Instant) => findCheck(database, 'jobs', clockAt(now));
    expect(await at('2026-03-03T01:00:00.000Z')).toMatchObject({ status: 'ok' });
    const late = await at('2026-03-03T03:00:00.000Z');
    expect(late).toMatchObject({ status: 'warn', fix: 'referral jobs run due' });
    expect(late?.message).toMatch(/^Due for more than a day: .*backup/);
  });

  test('finds notices that can not be sent', async () => {
    const database = await open();
    const check = async (notify: object, smtp: object = {}, hasWebhookSecret = false) => {
      const config = configSchema.parse({ notify, smtp });
      const options = { clock: systemClock, readOnly: false, config, hasWebhookSecret };
      const checks = await checkOperations(database, options);
      return checks.find((each) => each.check === 'notifications')?.status;
    };
    expect(await check({ mail_to: 'ops@travel.nl' })).toBe('fail');
    expect(await check({ mail_to: 'ops@travel.nl' }, { url: 'smtp://localhost:25' })).toBe('ok');
    expect(await check({ webhook_url: 'https://hooks.travel.nl/x' })).toBe('fail');
    expect(await check({ webhook_url: 'https://hooks.travel.nl/x' }, {}, true)).toBe('ok');
  });

  test('finds a flag that stops everything', async () => {
    const database = await open();
    const run = { id: null, operator: 'ann' };
    await setFlag({ database, clock: systemClock, run, dryRun: false }, 'outgoing', false);
    expect(await findCheck(database, 'outgoing')).toMatchObject({
      status: 'warn',
      fix: 'referral flags set outgoing on',
    });
  });

  test('finds that no backup was restored on trial for a month, or that it failed', async () => {
    const database = await open();
    const record = async (action: 'created' | 'drilled', outcome: 'done' | 'failed', days: number) => {
      const recorded_at = addMilliseconds(systemClock.now(), -days * DAY_MS);
      const nothing = { backup_id: null, rows: null, bytes: null, new_bytes: null, run_id: null };
      await database.queries
        .insertInto('backup_records')
        .values({
          ...{ action, outcome, store: 'backups', duration_ms: 1, recorded_at, ...nothing },
          problem: outcome === 'failed' ? 'a chunk is missing' : null,
        })
        .execute();
    };
    await record('created', 'done', 1);
    expect(await findCheck(database, 'backup')).toMatchObject({ status: 'ok' });
    expect(await findCheck(database, 'drill')).toMatchObject({
      status: 'warn',
      fix: 'referral backup drill',
    });
    await record('drilled', 'done', 31);
    expect(await findCheck(database, 'drill')).toMatchObject({ status: 'warn' });
    await record('drilled', 'failed', 2);
    expect(await findCheck(database, 'drill')).toMatchObject({ status: 'fail' });
    await record('drilled', 'done', 1);
    expect(await findCheck(database, 'drill')).toMatchObject({ status: 'ok' });
  });

  test('finds a backup that is too old', async () => {
    const database = await open();
    await recordRun(
      database,
      'backup create',
      clockAt(addMilliseconds(systemClock.now(), -8 * DAY_MS)),
      true,
    );
    expect(await findCheck(database, 'backup')).toMatchObject({
      status: 'warn',
      fix: 'referral backup create',
    });
    await recordRun(database, 'backup create', systemClock, true);
    expect(await findCheck(database, 'backup')).toMatchObject({ status: 'ok' });
  });

  test('says that the clock went back since the last mails, until it is released', async () => {
    const database = await open();
    expect(await findCheck(database, 'clock_jump')).toMatchObject({ status: 'ok' });
    const value = addMilliseconds(systemClock.now(), DAY_MS);
    await database.queries.insertInto('meta').values({ name: 'clock_highest', value }).execute();
    expect(await findCheck(database, 'clock_jump')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('referral campaigns release'),
    });
    const run = { id: null, operator: 'ann' };
    await releaseClock({ database, clock: systemClock, run, dryRun: false });
    expect(await findCheck(database, 'clock_jump')).toMatchObject({ status: 'ok' });
  });

  test('finds a clock that goes wrong', async () => {
    const database = await open();
    await recordRun(database, 'migrate up', systemClock, true);
    const behind = clockAt(addMilliseconds(systemClock.now(), -DAY_MS));
    expect(await findCheck(database, 'clock', behind)).toMatchObject({ status: 'fail' });
  });
});
