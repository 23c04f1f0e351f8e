import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadEnvironment } from './environment.ts';
import { configKeys, environmentName, loadConfig } from './load-config.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'referral-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const load = (variables: Record<string, string> = {}, flags: { file?: string; database?: string } = {}) =>
  loadConfig({
    environment: loadEnvironment(variables, directory),
    directory,
    variables: { XDG_CONFIG_HOME: join(directory, 'user'), ...variables },
    file: flags.file,
    database: flags.database,
  });
const origin = async (key: string, ...args: Parameters<typeof load>) =>
  (await load(...args)).entries.find((entry) => entry.key === key);

describe('loadConfig', () => {
  it('works with nothing at all', async () => {
    const { config, entries } = await load();
    expect(config.database.url).toBe('sqlite:referral.db');
    expect(entries.every((entry) => entry.origin === 'default')).toBe(true);
  });

  it('prefers flag over environment over .env over project file over user file over default', async () => {
    const key = 'database.url';
    expect((await origin(key))?.origin).toBe('default');
    mkdirSync(join(directory, 'user', 'referral'), { recursive: true });
    writeFileSync(
      join(directory, 'user', 'referral', 'config.json'),
      '{"database":{"url":"sqlite:user.db"}}',
    );
    expect(await origin(key)).toMatchObject({
      value: 'sqlite:user.db',
      origin: expect.stringContaining('user'),
    });
    writeFileSync(join(directory, 'referral.config.json'), '{"database":{"url":"sqlite:project.db"}}');
    expect((await origin(key))?.value).toBe('sqlite:project.db');
    writeFileSync(join(directory, '.env'), 'REFERRAL_DATABASE_URL=sqlite:dotenv.db\n');
    expect(await origin(key)).toMatchObject({
      value: 'sqlite:dotenv.db',
      origin: '.env REFERRAL_DATABASE_URL',
    });
    const variables = { REFERRAL_DATABASE_URL: 'sqlite:real.db' };
    expect((await origin(key, variables))?.value).toBe('sqlite:real.db');
    expect(await origin(key, variables, { database: 'sqlite:flag.db' })).toMatchObject({
      value: 'sqlite:flag.db',
      origin: 'flag --database',
    });
  });

  it('merges key by key, so that one file may set the pool and another the address', async () => {
    writeFileSync(join(directory, 'referral.config.json'), '{"database":{"pool_max":3}}');
    const { config } = await load({ REFERRAL_DATABASE_URL: 'sqlite:x.db' });
    expect(config.database).toMatchObject({ url: 'sqlite:x.db', pool_max: 3 });
  });

  it('reads a value from a file or a command', async () => {
    writeFileSync(join(directory, 'url'), 'sqlite:from-file.db\n');
    expect((await load({ REFERRAL_DATABASE_URL_FILE: join(directory, 'url') })).config.database.url).toBe(
      'sqlite:from-file.db',
    );
    expect((await load({ REFERRAL_DATABASE_URL_COMMAND: 'echo sqlite:told.db' })).config.database.url).toBe(
      'sqlite:told.db',
    );
  });

  it('names an unknown key and the nearest one', async () => {
    writeFileSync(join(directory, 'referral.config.json'), '{"database":{"pol_max":3}}');
    await expect(load()).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('unknown key "database.pol_max"'),
      hint: 'Did you mean "database.pool_max"?',
    });
  });

  it('names a wrong value and where it came from', async () => {
    await expect(load({ REFERRAL_DATABASE_POOL_MAX: 'many' })).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('database.pool_max'),
      reason: 'It comes from: environment REFERRAL_DATABASE_POOL_MAX',
    });
  });

  it('refuses a configuration file that is not there or not JSON', async () => {
    await expect(load({}, { file: 'no.json' })).rejects.toMatchObject({ code: 'configuration_invalid' });
    writeFileSync(join(directory, 'referral.config.json'), '{');
    await expect(load()).rejects.toMatchObject({ code: 'configuration_invalid' });
  });
});

describe('environmentName', () => {
  it('derives a name for every key', () => {
    expect(environmentName('database.pool_max')).toBe('REFERRAL_DATABASE_POOL_MAX');
    expect(configKeys()).toContain('smtp.url');
    expect(configKeys().map(environmentName)).toContain('REFERRAL_SMTP_URL');
  });
});
