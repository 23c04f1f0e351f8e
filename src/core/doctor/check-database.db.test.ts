import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import type { Clock } from '../clock.ts';
import { clockAt, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { releaseClock } from '../delivery/release-clock.ts';
import { finishRun, startRun } from '../runs/record-run.ts';
import { addMilliseconds } from '../time.ts';
import type { Check } from './check.ts';
import { checkDatabase } from './check-database.ts';

const DAY_MS = 86_400_000;

describeEngines('the doctor of a database', (open, engine) => {
  async function findCheck(
    database: Database,
    name: string,
    clock: Clock = systemClock,
  ): Promise<Check | undefined> {
    return (await checkDatabase(database, clock)).find(({ check }) => check === name);
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
    const checks = await checkDatabase(await open(), systemClock);
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
    const checks = await checkDatabase(database, systemClock);
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
