import { parse } from 'dotenv';
import { expect, test } from 'vitest';
import { configSchema, defaultConfig } from '../settings/config.ts';
import { documentOf, findProblem, listQuestions } from './answers.ts';
import { planFiles } from './plan-files.ts';

const random = { bytes: (count: number) => new Uint8Array(count).fill(7) };

function defaults(database?: string): Record<string, string> {
  return Object.fromEntries(listQuestions(database, undefined).map(({ key, value }) => [key, value]));
}

test('the default answers make the configuration that an installation without one has', () => {
  expect(configSchema.parse(documentOf(defaults()))).toEqual(defaultConfig());
});

test('every default answer is one that can be given', () => {
  for (const { key, value } of listQuestions(undefined, undefined))
    expect(findProblem(key, value)).toBeUndefined();
});

test('an answer that can not be used is refused with the reason', () => {
  expect(findProblem('mail.from_email', 'nobody')).toContain('email');
  expect(findProblem('unsubscribe.base_url', 'http://insecure.nl')).toBe('must be an https:// address');
  expect(findProblem('timezone', 'Mars/Base')).toContain('IANA');
});

test('a database URL with a password goes into .env and not into the configuration', () => {
  const url = 'postgres://me:p%40ss@db.example.com/contest';
  const { config, env } = planFiles(defaults(url), undefined, random);
  expect(config).not.toContain('p%40ss');
  expect(JSON.parse(config)).not.toHaveProperty('database');
  expect(parse(env)['REFERRAL_DATABASE_URL']).toBe(url);
});

test('a database URL without a password goes into the configuration', () => {
  const { config, env } = planFiles(defaults('postgres://db.example.com/contest'), undefined, random);
  expect(JSON.parse(config)).toMatchObject({ database: { url: 'postgres://db.example.com/contest' } });
  expect(Object.keys(parse(env))).toEqual(['REFERRAL_SECRET']);
});

test('an existing .env keeps its lines and its secret', () => {
  const before = '# ours\nSENDGRID_API_KEY=abc\nREFERRAL_SECRET=an-older-one';
  expect(planFiles(defaults(), before, random).env).toBe(`${before}\n`);
});

test('two installations get two secrets', () => {
  const other = { bytes: (count: number) => new Uint8Array(count).fill(8) };
  expect(planFiles(defaults(), undefined, random).env).not.toBe(planFiles(defaults(), undefined, other).env);
});
