import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPlace, errorOf, jsonOf } from '../../../test/cli.ts';
import { describeEngineUrls } from '../../../test/engines.ts';

describeEngineUrls('the backup commands', (createUrl, engine) => {
  test('make, list, show, verify and restore a backup', async () => {
    const place = await createPlace({ REFERRAL_DATABASE_URL: await createUrl() });
    expect((await place.run('settings set confirm_above 42')).exitCode).toBe(0);
    const made = jsonOf(await place.run('backup create --to store --json'));
    const id = String(made['id']);
    expect(made).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{64}$/), tables: { settings: 1 } });
    const listed = await place.run('backup list --from store --json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ id, engine, status: 'listed' }]);
    expect(jsonOf(await place.run(`backup show ${id} --from store --json`))).toMatchObject({ id });
    for (const name of [`${id} --from store`, String(made['location'])]) {
      const verified = await place.run(`backup verify ${name} --json`);
      expect(verified.exitCode).toBe(0);
      expect(jsonOf(verified)).toMatchObject({ id, intact: true });
    }
    const target = await createUrl('empty');
    const name = target.split('/').at(-1) ?? '';
    const restore = `backup restore ${id} --from store --into ${target}`;
    expect(jsonOf(await place.run(`${restore} --dry-run --json`))).toMatchObject({ dry_run: true });
    expect(jsonOf(await place.run(`${restore} --json`))).toMatchObject({ id, database: name, kept: null });
    const again = await place.run(`${restore} --yes --json`);
    expect(again.exitCode).toBe(16);
    expect(errorOf(again).hint).toContain(`--confirm ${name}`);
    expect(jsonOf(await place.run(`${restore} --confirm ${name} --json`))['kept']).not.toBeNull();
    const there = { env: { REFERRAL_DATABASE_URL: target } };
    expect(jsonOf(await place.run('settings get confirm_above --json', there))).toMatchObject({ value: 42 });
    expect((await place.run('audit verify', there)).exitCode).toBe(0);
    const release = await place.run(`backup release --confirm ${name} --json`, there);
    expect(jsonOf(release)).toMatchObject({ released: true });
    expect(jsonOf(await place.run(`backup commit --confirm ${name} --json`, there))['dropped']).toHaveLength(
      1,
    );
  });

  test('refuse a damaged backup before anything is written', async () => {
    const url = await createUrl();
    const place = await createPlace({ REFERRAL_DATABASE_URL: url });
    const made = jsonOf(await place.run('backup create --json'));
    const path = String(made['location']);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"meta"', '"mета"'));
    expect((await place.run(`backup verify ${made['id']}`)).exitCode).toBe(6);
    const refused = await place.run(`backup restore ${made['id']} --into ${url} --confirm x --json`);
    expect(refused.exitCode).toBe(14);
    expect(errorOf(refused)).toMatchObject({ code: 'input_unusable' });
    expect((await place.run('migrate verify')).exitCode).toBe(0);
  });
});

test('a backup that does not exist, a target that is no URL, a server that is not there', async () => {
  const place = await createPlace();
  await place.run('migrate');
  expect((await place.run('backup verify 0123456789')).exitCode).toBe(5);
  expect((await place.run('backup create')).exitCode).toBe(0);
  expect((await place.run('backup restore latest --into somewhere')).exitCode).toBe(12);
  expect((await place.run('backup restore latest --into postgres://a@127.0.0.1:1/b')).exitCode).toBe(13);
  expect((await place.run('backup restore latest')).exitCode).toBe(2);
  const elsewhere = await place.run([
    'backup',
    'create',
    '--to',
    join(place.folder, 'referral.db'),
    '--json',
  ]);
  expect(elsewhere.exitCode).toBe(12);
  expect(errorOf(elsewhere).message).toContain("Backups can't be kept in");
});
