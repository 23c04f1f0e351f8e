import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createPlace, errorOf, jsonOf, type Place } from '../cli.ts';
import { startSendgridServer } from '../servers/sendgrid-server.ts';

interface Check {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly fix: string | null;
}

async function checksOf(place: Place, exitCode: number): Promise<ReadonlyMap<string, Check>> {
  const outcome = await place.run('doctor --json');
  expect({ exitCode: outcome.exitCode, stderr: outcome.stderr }).toEqual({ exitCode, stderr: '' });
  const checks = jsonOf(outcome)['checks'] as Check[];
  return new Map(checks.map((check) => [check.check, check]));
}

describe('init', () => {
  test('--yes leaves a folder that works, with everything that is to be changed named by doctor', async () => {
    const place = await createPlace();
    const outcome = await place.run('init --yes --json');
    expect(outcome.exitCode).toBe(0);
    expect(jsonOf(outcome)).toMatchObject({ database: 'sqlite:referral.db', migrated: true });
    const { mode } = await stat(join(place.folder, '.env'));
    expect(mode & 0o777).toBe(0o600);
    expect(jsonOf(await place.run('migrate status --json'))['pending']).toEqual([]);
    const checks = await checksOf(place, 0);
    for (const name of ['secret', 'sender', 'postal_address', 'unsubscribe_link', 'referral_link']) {
      expect(checks.get(name)).toMatchObject({ status: 'warn', fix: expect.any(String) });
    }
    for (const name of [
      'configuration',
      'database',
      'migrations',
      'schema',
      'locks',
      'outbox',
      'secrets_file',
    ]) {
      expect(checks.get(name)).toMatchObject({ status: 'ok', fix: null });
    }
  });

  test('never writes over what is there, and keeps the secret when it is forced to', async () => {
    const place = await createPlace();
    await place.run('init --yes');
    const env = await readFile(join(place.folder, '.env'), 'utf8');
    await writeFile(join(place.folder, 'referral.config.json'), '{"currency": "USD"}');
    const refused = await place.run('init --yes --json');
    expect(refused.exitCode).toBe(2);
    expect(errorOf(refused)).toMatchObject({
      code: 'output_exists',
      hint: expect.stringContaining('--force'),
    });
    expect(await readFile(join(place.folder, 'referral.config.json'), 'utf8')).toContain('USD');
    expect((await place.run('init --yes --force')).exitCode).toBe(0);
    expect(await readFile(join(place.folder, '.env'), 'utf8')).toBe(env);
    expect(await readFile(join(place.folder, 'referral.config.json'), 'utf8')).not.toContain('USD');
  });

  test('asks nothing without a terminal', async () => {
    const place = await createPlace();
    for (const line of [
      'referral init --json',
      'yes "" | referral init --json',
      'referral init --no-input --json',
    ]) {
      const outcome = await place.shell(line);
      expect(outcome.exitCode).toBe(16);
      expect(errorOf(outcome)).toMatchObject({
        code: 'confirmation_needed',
        hint: expect.stringContaining('referral init --yes'),
      });
    }
    expect((await place.run('config show --origin')).stdout).not.toContain('referral.config.json');
  });

  test('asks on a terminal and takes the answers', async () => {
    const place = await createPlace();
    const answers = ['sqlite:mine.db', 'Travel', 'hello@travel.nl', 'Ann', 'Dam 1, 1012 JS Amsterdam'];
    const typed = [...answers, '', '', '', '', '', ''].map((answer) => `${answer}\r`);
    const outcome = await place.terminal('referral init', { typed });
    expect(outcome.exitCode, outcome.stdout).toBe(0);
    const config = JSON.parse(await readFile(join(place.folder, 'referral.config.json'), 'utf8')) as unknown;
    expect(config).toMatchObject({
      database: { url: 'sqlite:mine.db' },
      mail: {
        organisation: 'Travel',
        from_email: 'hello@travel.nl',
        postal_address: 'Dam 1, 1012 JS Amsterdam',
      },
    });
    expect((await stat(join(place.folder, 'mine.db'))).isFile()).toBe(true);
  });

  test('ends with 130 and writes nothing when Ctrl-C answers a question', async () => {
    const place = await createPlace();
    const outcome = await place.terminal('referral init', { typed: ['\u0003'] });
    expect(outcome.exitCode, outcome.stdout).toBe(130);
    expect(outcome.stdout).not.toContain('This is a bug');
    expect(await readdir(place.folder)).toEqual([]);
  });

  test('keeps the password of a database out of the configuration, and says when it can not be reached yet', async () => {
    const place = await createPlace();
    const url = 'postgres://me:hunter2hunter2@127.0.0.1:1/contest';
    const outcome = await place.run(['init', '--yes', '--database', url, '--json']);
    expect(outcome.exitCode).toBe(0);
    expect(jsonOf(outcome)['migrated']).toBe(false);
    expect(outcome.stdout + outcome.stderr).not.toContain('hunter2');
    expect(await readFile(join(place.folder, 'referral.config.json'), 'utf8')).not.toContain('hunter2');
    expect(await readFile(join(place.folder, '.env'), 'utf8')).toContain(url);
  });

  test('takes every answer as a flag, asks the provider in sandbox mode, and takes in the first customers', async () => {
    const server = await startSendgridServer({ apiKey: 'SG.right' });
    onTestFinished(() => server.close());
    const place = await createPlace({ SENDGRID_API_KEY: 'SG.right', SENDGRID_BASE_URL: server.url });
    await writeFile(join(place.folder, 'people.csv'), 'nr,post\n1,ann@people.test\n2,nobody\n');
    const words = [
      ...['init', '--yes', '--json', '--transport', 'sendgrid', '--verified-senders', 'blue-travel.nl'],
      ...['--organisation', 'Blue Travel', '--from-email', 'hello@blue-travel.nl', '--currency', 'USD'],
      ...['--import', 'people.csv', '--map', 'nr=customer_id', '--map', 'post=email', '--consent', 'granted'],
    ];
    const first = await place.run(words);
    expect(first.exitCode, first.stderr).toBe(3);
    expect(jsonOf(first)).toMatchObject({
      ...{ migrated: true, transport: 'sendgrid', provider: expect.stringContaining('sandbox mode') },
      imported: { rows: 2, created: 1, rejected: 1, rejects_file: 'people.rejects.csv' },
    });
    expect(server.bodies).toEqual([]);
    expect(server.accepted).toEqual([]);
    const again = await place.run('init --yes --json --currency EUR --no-test');
    expect(again.exitCode, again.stderr).toBe(0);
    const config = JSON.parse(await readFile(join(place.folder, 'referral.config.json'), 'utf8')) as unknown;
    expect(config).toMatchObject({
      ...{ currency: 'EUR', mail: { organisation: 'Blue Travel', verified_senders: 'blue-travel.nl' } },
    });
    const refused = await place.run('init --yes --json --transport sendgrid', {
      env: { SENDGRID_API_KEY: 'SG.wrong' },
    });
    expect(refused.exitCode).toBe(6);
    expect(jsonOf(refused)['provider']).toContain('401');
  });

  test('refuses a default that can not be used', async () => {
    const place = await createPlace();
    expect(await place.run('init --yes --timezone Mars/Base')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('IANA'),
    });
  });
});

describe('doctor', () => {
  test('finds that there is no database and says what makes one', async () => {
    const place = await createPlace();
    const checks = await checksOf(place, 6);
    expect(checks.get('database')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('referral migrate'),
    });
  });

  test('finds a configuration that is wrong, and nothing after it', async () => {
    const place = await createPlace();
    await writeFile(join(place.folder, 'referral.config.json'), '{"currency": "XXXX"}');
    const checks = await checksOf(place, 6);
    expect([...checks.values()]).toMatchObject([
      { check: 'configuration', status: 'fail', fix: expect.any(String) },
    ]);
  });

  test('fails on placeholders as soon as a real provider is set up', async () => {
    const place = await createPlace({ REFERRAL_SMTP_URL: 'smtp://mail.example.com' });
    await place.run('migrate');
    const { exitCode, stdout } = await place.run('doctor --offline --json');
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'fail', fail: 5 });
  });

  test('prints a line for each check, with what mends it, to a person', async () => {
    const place = await createPlace();
    await place.run('init --yes');
    const { exitCode, stdout } = await place.terminal('referral doctor', { env: { NO_COLOR: '1' } });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ok +database +SQLite/m);
    expect(stdout).toMatch(/^warn +sender .*\r?\n +→ Set mail\.from_email/m);
    expect(stdout).toMatch(/\d+ ok, \d+ warn, 0 fail/);
  });
});
