import { parse } from 'dotenv';
import { expect, test } from 'vitest';
import { configSchema, defaultConfig } from '../settings/config.ts';
import { documentOf, findProblem, listQuestions } from './answers.ts';
import { planFiles } from './plan-files.ts';
import { testProvider } from './test-provider.ts';

const random = { bytes: (count: number) => new Uint8Array(count).fill(7) };

function defaults(database?: string): Record<string, string> {
  const present = database === undefined ? {} : { 'database.url': database };
  return Object.fromEntries(listQuestions(present).map(({ key, value }) => [key, value]));
}

test('the default answers make the configuration that an installation without one has', () => {
  expect(configSchema.parse(documentOf(defaults()))).toEqual(defaultConfig());
});

test('every default answer is one that can be given', () => {
  for (const { key, value } of listQuestions({})) expect(findProblem(key, value)).toBeUndefined();
});

test('an answer that can not be used is refused with the reason', () => {
  expect(findProblem('mail.from_email', 'nobody')).toContain('email');
  expect(findProblem('unsubscribe.base_url', 'http://insecure.nl')).toBe('must be an https:// address');
  expect(findProblem('timezone', 'Mars/Base')).toContain('IANA');
});

test('a database URL with a password goes into .env and not into the configuration', () => {
  const url = 'postgres://me:p%40ss@db.example.com/contest';
  const { config, env } = planFiles(defaults(url), {}, random);
  expect(config).not.toContain('p%40ss');
  expect(JSON.parse(config)).not.toHaveProperty('database');
  expect(parse(env)['REFERRAL_DATABASE_URL']).toBe(url);
});

test('a database URL without a password goes into the configuration', () => {
  const { config, env } = planFiles(defaults('postgres://db.example.com/contest'), {}, random);
  expect(JSON.parse(config)).toMatchObject({ database: { url: 'postgres://db.example.com/contest' } });
  expect(Object.keys(parse(env))).toEqual(['REFERRAL_SECRET']);
});

test('an existing .env keeps its lines and its secret', () => {
  const before = '# ours\nSENDGRID_API_KEY=abc\nREFERRAL_SECRET=an-older-one';
  expect(planFiles(defaults(), { env: before }, random).env).toBe(`${before}\n`);
});

test('two installations get two secrets', () => {
  const other = { bytes: (count: number) => new Uint8Array(count).fill(8) };
  expect(planFiles(defaults(), {}, random).env).not.toBe(planFiles(defaults(), {}, other).env);
});

test('a second set-up keeps what nobody asks about, and adds the secret of a provider once', () => {
  const before = {
    database: { url: 'sqlite:a.db', pool_max: 4 },
    mail: { reply_to: 'a@b.nl' },
    locale: 'nl',
  };
  const first = planFiles(
    { currency: 'USD' },
    { config: before, secrets: { SENDGRID_API_KEY: 'SG.one' } },
    random,
  );
  expect(JSON.parse(first.config)).toEqual({ ...before, currency: 'USD' });
  expect(parse(first.env)['SENDGRID_API_KEY']).toBe('SG.one');
  const url = 'postgres://me:secret@db.example.com/contest';
  const moved = planFiles({ 'database.url': url }, { config: before, env: first.env }, random);
  expect(JSON.parse(moved.config).database).toEqual({ pool_max: 4 });
  expect(parse(moved.env)).toMatchObject({ SENDGRID_API_KEY: 'SG.one', REFERRAL_DATABASE_URL: url });
});

const NO_PROBE = {
  askSendgrid: () => Promise.resolve(200),
  askSmtp: () => Promise.resolve(),
};

test.each([
  [200, 'ok'],
  [202, 'fail'],
  [403, 'fail'],
])('a provider that answers %i to a mail in sandbox mode is %s', async (status, expected) => {
  const check = await testProvider(defaultConfig(), { sendgridKey: 'k' }, NO_PROBE, () =>
    Promise.resolve(status),
  );
  expect(check.status).toBe(expected);
});

test('a provider that can not be reached is told, with what to check', async () => {
  const send = () => Promise.reject(new Error('connect ECONNREFUSED'));
  expect(await testProvider(defaultConfig(), { sendgridKey: 'k' }, NO_PROBE, send)).toMatchObject({
    ...{ status: 'fail', message: expect.stringContaining('ECONNREFUSED'), fix: expect.any(String) },
  });
});
