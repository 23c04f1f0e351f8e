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

describe('variables of earlier systems', () => {
  const EARLIER = {
    ENABLE_REFERRAL_SYSTEM: 'false',
    REFERRAL_CODE_LENGTH: '10',
    REFERRAL_CODE_EXPIRATION_DAYS: '90',
    REFERRAL_REWARD_DAYS: '30',
    REFERRAL_MASTER_THRESHOLD: '5',
    DEFAULT_REWARD_AMOUNT: '25.00',
    AVERAGE_BOOKING_VALUE: '412.50',
    MAX_REFERRALS_PER_CUSTOMER: '50',
    AUTO_APPROVE_REFERRALS: 'no',
    REQUIRE_BOOKING_REFERENCE: 'true',
    SMTP_HOST: 'mail.travel.nl',
    SMTP_PORT: '465',
    SMTP_USER: 'ann@travel.nl',
    SMTP_PASSWORD: 'p@ss:word/1',
    SMTP_FROM: '"Travel, Inc." <hello@travel.nl>',
    DB_HOST: 'db.travel.nl',
    DB_PORT: '5433',
    DB_NAME: 'contest',
    DB_USER: 'ann',
    DB_PASSWORD: 'a/b@c',
    DB_POOL_MAX: '4',
    DB_SSL: 'true',
  };

  it('are understood, each with its origin', async () => {
    const { config, entries } = await load(EARLIER);
    expect(config).toMatchObject({
      enabled: false,
      codes: { length: 10, expires_in_days: 90 },
      contests: {
        ...{ max_referrals: 50, auto_approve: false, require_booking_reference: true },
        ...{ reward_amount: '25.00', reward_days: 30, master_threshold: 5 },
      },
      reports: { average_booking_value: '412.50' },
      mail: { from_email: 'hello@travel.nl', from_name: 'Travel, Inc.' },
      database: {
        url: 'postgres://ann:a%2Fb%40c@db.travel.nl:5433/contest',
        ...{ pool_max: 4, tls: 'verify' },
      },
      smtp: { url: 'smtps://ann%40travel.nl:p%40ss%3Aword%2F1@mail.travel.nl:465' },
    });
    const origins = Object.fromEntries(entries.map(({ key, origin }) => [key, origin]));
    expect(origins).toMatchObject({
      enabled: 'environment ENABLE_REFERRAL_SYSTEM',
      'codes.length': 'environment REFERRAL_CODE_LENGTH',
      'database.url': 'environment DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD',
    });
  });

  it('count below our own variables and files, and above the defaults', async () => {
    const variables = { ...EARLIER, REFERRAL_CODES_LENGTH: '12' };
    expect(await origin('codes.length', variables)).toMatchObject({ value: '12' });
    writeFileSync(join(directory, 'referral.config.json'), '{"database":{"url":"sqlite:mine.db"}}');
    expect(await origin('database.url', EARLIER)).toMatchObject({ value: 'sqlite:mine.db' });
    writeFileSync(join(directory, '.env'), 'REFERRAL_CODE_LENGTH=9\n');
    expect(await origin('codes.length')).toMatchObject({ value: '9', origin: '.env REFERRAL_CODE_LENGTH' });
  });

  it.each([{ DB_PORT: '3306' }, { DB_CONNECTION: 'mysql' }])(
    'are left alone where they name another engine: %j',
    async (more) => {
      const { config } = await load({ DB_HOST: 'db.travel.nl', DB_NAME: 'shop', ...more });
      expect(config.database.url).toBe('sqlite:referral.db');
    },
  );

  it('are refused by name when they say nothing that can be meant', async () => {
    await expect(load({ REFERRAL_CODE_LENGTH: 'long' })).rejects.toMatchObject({
      code: 'configuration_invalid',
      reason: expect.stringContaining('REFERRAL_CODE_LENGTH'),
    });
  });
});
