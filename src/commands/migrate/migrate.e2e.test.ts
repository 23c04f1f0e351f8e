import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPlace, errorOf, jsonOf } from '../../../test/cli.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import { createPostgresDatabase, hasPostgres, usingPostgresClient } from '../../../test/postgres-server.ts';

describeEngineUrls('the migrate commands', (createUrl) => {
  test('bring an empty database up to date, once', async () => {
    const place = await createPlace({ REFERRAL_DATABASE_URL: await createUrl('empty') });
    const before = await place.run('migrate status --json');
    expect(before.exitCode).toBe(0);
    const pending = jsonOf(before)['pending'];
    expect(jsonOf(before)).toMatchObject({ applied: [], version: null });
    expect((await place.run('migrate status --exit-code')).exitCode).toBe(6);
    expect(jsonOf(await place.run('migrate --dry-run --json'))).toMatchObject({
      applied: pending,
      dry_run: true,
    });
    expect((await place.run('migrate status --exit-code')).exitCode).toBe(6);
    expect(jsonOf(await place.run('migrate --json'))).toMatchObject({ applied: pending, pending: [] });
    expect(jsonOf(await place.run('migrate up --json'))).toMatchObject({ applied: [], pending: [] });
    expect((await place.run('migrate status --exit-code')).exitCode).toBe(0);
    expect((await place.run('migrate verify')).exitCode).toBe(0);
    const audit = await place.run('audit list --json');
    expect(JSON.parse(audit.stdout)).toMatchObject([{ action: 'database.migrated' }]);
  });

  test('undo nothing without a name, and then what was named', async () => {
    const url = await createUrl('migrated');
    const name = url.split('/').at(-1) ?? '';
    const place = await createPlace({ REFERRAL_DATABASE_URL: url });
    const refused = await place.run('migrate down --yes --json');
    expect(refused.exitCode).toBe(16);
    expect(errorOf(refused)).toMatchObject({
      code: 'confirmation_needed',
      hint: expect.stringContaining(name),
    });
    expect((await place.run('migrate down --to 0000-nothing --confirm x')).exitCode).toBe(5);
    const undone = await place.run(`migrate down --to 0002-customers --confirm ${name} --json`);
    expect(jsonOf(undone)).toMatchObject({
      applied: ['0001-operations', '0002-customers'],
      version: '0002-customers',
    });
    const locked = await place.run('customers list --json');
    expect(locked.exitCode).toBe(10);
    expect(errorOf(locked)).toMatchObject({ code: 'database_not_migrated', hint: 'Run: referral migrate' });
    expect((await place.run('migrate')).exitCode).toBe(0);
    expect((await place.run('migrate verify')).exitCode).toBe(0);
  });
});

test('a database that is not there says how to make it', async () => {
  const place = await createPlace();
  const outcome = await place.run('customers list --json');
  expect(outcome.exitCode).toBe(10);
  expect(errorOf(outcome).hint).toContain('referral migrate');
  expect((await place.run('migrate')).exitCode).toBe(0);
  await rm(join(place.folder, 'referral.db'));
  expect((await place.run('settings list')).exitCode).toBe(10);
});

test.skipIf(!hasPostgres())('a schema that somebody changed is named, object by object', async () => {
  const database = await createPostgresDatabase();
  const place = await createPlace({ REFERRAL_DATABASE_URL: database.url });
  await usingPostgresClient(database.url, (client) =>
    client.query('alter table customers alter column tier set not null'),
  );
  const outcome = await place.run('migrate verify --json');
  expect(outcome.exitCode).toBe(6);
  expect(jsonOf(outcome)).toMatchObject({
    intact: false,
    drift: ['table customers column tier was changed'],
  });
  await database.drop();
});

test('no part of a password is printed when the server refuses it', async () => {
  const place = await createPlace({
    REFERRAL_DATABASE_URL: 'postgres://ann:hunter2hunter2@127.0.0.1:1/contest',
  });
  for (const words of ['customers list', 'customers list --json --verbose', 'migrate status']) {
    const { exitCode, stdout, stderr } = await place.run(words);
    expect(exitCode).toBe(13);
    expect(stdout + stderr).not.toContain('hunter2');
  }
});
