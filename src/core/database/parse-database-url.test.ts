import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDatabaseUrl } from './parse-database-url.ts';

describe('a database URL', () => {
  test.each([
    ['sqlite:referral.db', resolve('referral.db'), 'referral.db'],
    ['sqlite:/srv/a b/x.sqlite', '/srv/a b/x.sqlite', 'x.sqlite'],
    ['sqlite:///srv/x.db', '/srv/x.db', 'x.db'],
    ['sqlite:../x', resolve('../x'), 'x'],
  ])('%s is a file', (url, file, name) => {
    expect(parseDatabaseUrl(url)).toMatchObject({ engine: 'sqlite', file, name });
  });

  test('of PostgreSQL is taken apart, and shown without its password', () => {
    expect(parseDatabaseUrl('postgresql://ann:p%40ss@db.example:5433/contest?sslmode=require')).toEqual({
      engine: 'postgres',
      host: 'db.example',
      port: 5433,
      user: 'ann',
      password: 'p@ss',
      database: 'contest',
      tls: 'require',
      url: 'postgresql://ann@db.example:5433/contest',
    });
  });

  test('may name the folder of a socket', () => {
    expect(parseDatabaseUrl('postgres:///contest?host=/run/postgresql')).toMatchObject({
      host: '/run/postgresql',
      database: 'contest',
      user: undefined,
    });
  });

  test.each([
    ['', 'no scheme'],
    ['referral.db', 'no scheme'],
    ['mysql://a@b/c', '"mysql:"'],
    ['sqlite:', 'names no file'],
    ['sqlite:folder/', 'names no file'],
    ['sqlite::memory:', 'in memory'],
    ['sqlite://referral.db', 'absolute path'],
    ['postgres://a:b@:x/c', 'well-formed'],
    ['postgres://a:hunter2%zz@h/c', 'hex digits'],
    ['postgres://a@h/c?sslmode=maybe', 'sslmode=maybe'],
  ])('%s is refused, with the reason', (url, reason) => {
    const error = thrownBy(() => parseDatabaseUrl(url));
    expect(error).toMatchObject({ code: 'configuration_invalid', reason: expect.stringContaining(reason) });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
