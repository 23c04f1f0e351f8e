import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPlace, errorOf, type Place } from '../cli.ts';

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly origin: string;
}

async function entryOf(place: Place, key: string, words = ''): Promise<Entry> {
  const { stdout, exitCode, stderr } = await place.run(`config show --origin --json ${words}`);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const entry = (JSON.parse(stdout) as Entry[]).find((each) => each.key === key);
  if (entry === undefined) throw new Error(`config show does not print ${key}`);
  return entry;
}

async function writeUserFile(place: Place, content: object): Promise<void> {
  const folder = join(place.folder, '.home', '.config', 'referral');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(content));
}

describe('configuration', () => {
  test('comes from flags, environment, .env, the project file, the user file, and the defaults, in that order', async () => {
    const place = await createPlace();
    expect(await entryOf(place, 'database.url')).toMatchObject({
      value: 'sqlite:referral.db',
      origin: 'default',
    });

    await writeUserFile(place, { database: { url: 'sqlite:user.db' } });
    expect(await entryOf(place, 'database.url')).toMatchObject({
      value: 'sqlite:user.db',
      origin: expect.stringContaining('.config/referral/config.json'),
    });

    await writeFile(join(place.folder, 'referral.config.json'), '{"database": {"url": "sqlite:project.db"}}');
    expect(await entryOf(place, 'database.url')).toMatchObject({
      value: 'sqlite:project.db',
      origin: expect.stringContaining('referral.config.json'),
    });

    await writeFile(join(place.folder, '.env'), 'REFERRAL_DATABASE_URL=sqlite:dotenv.db\n');
    expect(await entryOf(place, 'database.url')).toMatchObject({
      value: 'sqlite:dotenv.db',
      origin: expect.stringContaining('.env'),
    });

    const real = {
      ...place,
      run: (words: string | readonly string[]) =>
        place.run(words, { env: { REFERRAL_DATABASE_URL: 'sqlite:real.db' } }),
    };
    expect(await entryOf(real, 'database.url')).toMatchObject({
      value: 'sqlite:real.db',
      origin: expect.stringContaining('environment'),
    });
    expect(await entryOf(real, 'database.url', '--database sqlite:flag.db')).toMatchObject({
      value: 'sqlite:flag.db',
      origin: expect.stringContaining('--database'),
    });
  });

  test('merges the layers key by key', async () => {
    const place = await createPlace();
    await writeUserFile(place, { timezone: 'Europe/Amsterdam', currency: 'USD' });
    await writeFile(join(place.folder, 'referral.config.json'), '{"currency": "GBP"}');
    expect((await entryOf(place, 'timezone')).value).toBe('Europe/Amsterdam');
    expect((await entryOf(place, 'currency')).value).toBe('GBP');
  });

  test('reads the file that --config names, and says so when there is none', async () => {
    const place = await createPlace();
    await writeFile(join(place.folder, 'other.json'), '{"currency": "CHF"}');
    expect((await entryOf(place, 'currency', '--config other.json')).value).toBe('CHF');
    const missing = await place.run('config show --config nowhere.json --json');
    expect(missing.exitCode).toBe(12);
    expect(errorOf(missing)).toMatchObject({
      code: 'configuration_invalid',
      hint: expect.stringContaining('referral init'),
    });
  });

  test.each([
    ['an unknown key', '{"databse": {"url": "sqlite:x.db"}}', 'Did you mean "database'],
    ['a value that is wrong', '{"timezone": "Mars/Base"}', 'referral config show --origin'],
    ['text that is no JSON', '{"timezone": ', 'referral init'],
  ])('refuses %s with exit code 12 and a next step', async (_title, content, hint) => {
    const place = await createPlace();
    await writeFile(join(place.folder, 'referral.config.json'), content);
    const outcome = await place.run('config show --json');
    expect(outcome.exitCode).toBe(12);
    expect(outcome.stdout).toBe('');
    expect(errorOf(outcome)).toMatchObject({
      code: 'configuration_invalid',
      hint: expect.stringContaining(hint),
    });
  });

  test('never prints the password of a database', async () => {
    const place = await createPlace();
    const url = 'postgres://operator:hunter2hunter2@127.0.0.1:1/nowhere';
    const shown = await place.run(['config', 'show', '--database', url]);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toContain('postgres://operator:');
    const refused = await place.run(['migrate', 'status', '--verbose', '--database', url]);
    expect(refused.exitCode).toBe(13);
    for (const text of [shown.stdout, shown.stderr, refused.stdout, refused.stderr]) {
      expect(text).not.toContain('hunter2');
    }
  });

  test('takes a password from a file or a command', async () => {
    const place = await createPlace();
    await writeFile(join(place.folder, 'url.txt'), 'sqlite:from-file.db\n');
    const byFile = await place.run('config show --origin', {
      env: { REFERRAL_DATABASE_URL_FILE: 'url.txt' },
    });
    expect(byFile.stdout).toMatch(/database\.url\tsqlite:from-file\.db\t.*REFERRAL_DATABASE_URL_FILE/);
    const byCommand = await place.run('config show --origin', {
      env: { REFERRAL_DATABASE_URL_COMMAND: 'echo sqlite:from-command.db' },
    });
    expect(byCommand.stdout).toMatch(
      /database\.url\tsqlite:from-command\.db\t.*REFERRAL_DATABASE_URL_COMMAND/,
    );
    const failing = await place.run('config show', {
      env: { REFERRAL_DATABASE_URL_COMMAND: 'echo secret; exit 3' },
    });
    expect(failing.exitCode).toBe(12);
    expect(failing.stderr).not.toContain('secret');
  });
});
