import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngineUrls } from '../../../test/engines.ts';
import { killMigrations, raceMigrations } from '../../../test/soak-database.ts';
import { clockAt } from '../clock.ts';
import { systemRandom } from '../random.ts';
import type { Database } from './database.ts';
import { type MigrateOptions, migrateDatabase, undoMigrations } from './migrate-database.ts';
import type { Migration } from './migration.ts';
import { findMigrationStatus } from './migration-status.ts';
import { MIGRATIONS } from './migrations-list.ts';
import { openDatabase, usingDatabase } from './open-database.ts';
import { verifySchema } from './verify-schema.ts';

const NAMES = MIGRATIONS.map(({ name }) => name);
// As many as every run of the tests has time for; `npm run soak:database` does two hundred and fifty.
const KILLS = 10;
const RACES = 6;
const options: MigrateOptions = {
  clock: clockAt('2026-03-01T09:00:00.000Z'),
  random: systemRandom,
  programVersion: '1.2.3',
};
const extra: Migration = {
  name: '9999-extra',
  up: (t) => [`create table extra (id ${t.id}, note ${t.text} not null ${t.end}`],
  down: () => ['drop table extra'],
};

describeEngineUrls('migrating', (createUrl, engine) => {
  const createEmpty = () => createUrl('empty');
  const open = async <T>(
    content: 'migrated' | 'empty',
    work: (database: Database) => Promise<T>,
  ): Promise<T> => usingDatabase({ url: await createUrl(content), migrations: 'skip', create: true }, work);

  test('applies every migration once, and then none', async () => {
    await open('empty', async (database) => {
      expect(await migrateDatabase(database, options)).toEqual({
        applied: NAMES,
        pending: [],
        version: NAMES.at(-1),
      });
      expect((await migrateDatabase(database, options)).applied).toEqual([]);
      expect(await verifySchema(database)).toMatchObject({
        applied: NAMES,
        pending: [],
        edited: [],
        drift: [],
      });
    });
  });

  test('gives a new database an identity and a secret, and keeps both', async () => {
    await open('empty', async (database) => {
      await migrateDatabase(database, options);
      const before = await database.queries.selectFrom('meta').selectAll().orderBy('name').execute();
      expect(before.map(({ name }) => name)).toEqual(['generated_secret', 'instance_id']);
      expect(before[0]?.value).toMatch(/^[0-9a-f]{64}$/);
      await migrateDatabase(database, options);
      expect(await database.queries.selectFrom('meta').selectAll().orderBy('name').execute()).toEqual(before);
    });
  });

  test('changes nothing in a dry run', async () => {
    await open('empty', async (database) => {
      expect((await migrateDatabase(database, { ...options, dryRun: true })).applied).toEqual(NAMES);
      expect((await findMigrationStatus(database.queries)).applied).toEqual([]);
    });
  });

  test('undoes the newest, those after a name, or all of them', async () => {
    await open('migrated', async (database) => {
      expect((await undoMigrations(database, undefined, options)).pending).toEqual(NAMES.slice(-1));
      expect(await verifySchema(database)).toMatchObject({ drift: [], applied: NAMES.slice(0, -1) });
      expect((await undoMigrations(database, NAMES[1], options)).applied).toEqual(NAMES.slice(0, 2));
      expect(await verifySchema(database)).toMatchObject({ drift: [] });
      expect((await undoMigrations(database, 'none', options)).version).toBeNull();
      expect((await migrateDatabase(database, options)).applied).toEqual(NAMES);
      expect(await verifySchema(database)).toMatchObject({ drift: [] });
    });
  });

  test('refuses to undo down to a name that is not applied', async () => {
    await open('migrated', async (database) => {
      await expect(undoMigrations(database, '0000-nothing', options)).rejects.toMatchObject({
        code: 'not_found',
      });
    });
  });

  test('leaves nothing of a migration that fails half-way', async () => {
    const broken: Migration = { ...extra, up: (t) => [...extra.up(t), 'create table ('] };
    await open('migrated', async (database) => {
      const migrations = [...MIGRATIONS, broken];
      await expect(migrateDatabase(database, { ...options, migrations })).rejects.toThrow(/syntax/);
      expect(await verifySchema(database)).toMatchObject({ applied: NAMES, drift: [] });
    });
  });

  test('finds an applied migration that was edited, and refuses to go on', async () => {
    await open('migrated', async (database) => {
      await migrateDatabase(database, { ...options, migrations: [...MIGRATIONS, extra] });
      const edited = [
        ...MIGRATIONS,
        { ...extra, up: (t) => [`${extra.up(t)[0]} -- more`] } satisfies Migration,
      ];
      expect((await verifySchema(database, edited)).edited).toEqual(['9999-extra']);
      await expect(migrateDatabase(database, { ...options, migrations: edited })).rejects.toMatchObject({
        code: 'check_failed',
      });
    });
  });

  test.each([
    ['create index sneaky on customers (tier)', 'index sneaky was added'],
    ['drop index codes_by_contest', 'index codes_by_contest is missing'],
    [
      'alter table customers add column nickname text',
      /^table customers( column nickname was added| was changed)$/,
    ],
    ['create table side_table (id integer)', /^table side_table( column id)? was added$/],
  ])('names what drifted from the schema: %s', async (statement, expected) => {
    await open('migrated', async (database) => {
      await sql.raw(statement).execute(database.queries);
      const { drift } = await verifySchema(database);
      expect(drift).toHaveLength(1);
      if (typeof expected === 'string') expect(drift).toEqual([expected]);
      else expect(drift[0]).toMatch(expected);
    });
  });

  test('notices a trigger that was taken away or switched off', async () => {
    await open('migrated', async (database) => {
      const [off, name] =
        engine === 'sqlite'
          ? ['drop trigger audit_log_refuses_update', 'trigger audit_log_refuses_update is missing']
          : [
              'alter table audit_log disable trigger audit_log_refuses_change',
              'trigger audit_log_refuses_change of audit_log was changed',
            ];
      await sql.raw(off).execute(database.queries);
      expect((await verifySchema(database)).drift).toEqual([name]);
    });
  });

  test('refuses to open a database that is not migrated, and one that is newer', async () => {
    await expect(openDatabase({ url: await createUrl('empty') })).rejects.toMatchObject({
      code: 'database_not_migrated',
      hint: expect.stringContaining('referral migrate'),
    });
    const url = await createUrl('migrated');
    await usingDatabase({ url }, (database) =>
      migrateDatabase(database, { ...options, migrations: [...MIGRATIONS, extra] }),
    );
    const newer = { code: 'database_newer', details: { unknown: ['9999-extra'] } };
    await expect(openDatabase({ url })).rejects.toMatchObject(newer);
    await usingDatabase({ url, migrations: 'skip' }, async (database) => {
      await expect(migrateDatabase(database, options)).rejects.toMatchObject(newer);
    });
  });

  test(`survives ${KILLS} kills at moments all over`, { timeout: 300_000 }, async () => {
    const { kills, untouched, whole, wrong } = await killMigrations(createEmpty, KILLS, Math.random);
    expect(wrong).toEqual([]);
    expect(kills).toBe(KILLS);
    process.stdout.write(
      `  ${engine}: ${KILLS} kills, ${untouched} left the old schema, ${whole} the new one\n`,
    );
  });

  test(`lets ${RACES} pairs of processes race`, { timeout: 120_000 }, async () => {
    expect(await raceMigrations(createEmpty, RACES)).toEqual({ races: RACES, wrong: [] });
  });
});
