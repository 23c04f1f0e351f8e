import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPlace, errorOf, PROGRAM } from '../cli.ts';

describe('an error', () => {
  test('is told in three lines on stderr: what, why or where, what next', async () => {
    const place = await createPlace();
    const { exitCode, stdout, stderr } = await place.run('audit list');
    expect(exitCode).toBe(10);
    expect(stdout).toBe('');
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^error: /);
    expect(lines[2]).toContain('referral migrate');
  });

  test('is one JSON line on stderr with --json', async () => {
    const place = await createPlace();
    const outcome = await place.run('audit list --json');
    expect(outcome.exitCode).toBe(10);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(Object.keys(errorOf(outcome))).toEqual(
      expect.arrayContaining(['code', 'message', 'hint', 'details', 'run_id']),
    );
    expect(errorOf(outcome).code).toBe('database_not_migrated');
  });

  test.each([
    ['an unknown command', 'custmers list', 'customers'],
    ['an unknown command of a noun', 'customers lst', 'customers list'],
    ['an unknown flag', 'customers list --formt json', '--format'],
    ['an unknown format', 'config show --format yaml', 'config show --help'],
    ['an argument too many', 'config show now', '--help'],
    ['a missing argument', 'customers import', '--help'],
    ['a flag without its value', 'config show --format', '--help'],
    ['a noun without a command', 'customers', 'referral customers --help'],
    ['a flag that needs a number', 'customers list --limit many', '--help'],
  ])('for %s is wrong usage with a next step', async (_title, words, hint) => {
    const place = await createPlace();
    const { exitCode, stdout, stderr } = await place.run(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(hint);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  });

  test('of an unwritable folder names the folder', async () => {
    const place = await createPlace();
    const { exitCode, stderr } = await place.run('config show -o missing/out.txt');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('mkdir -p missing');
  });

  test('keeps to its line when a name holds control characters', async () => {
    const place = await createPlace();
    const { stderr, exitCode } = await place.run(['config', 'show', '--config', 'a\u001b[2Jb\nc.json']);
    expect(exitCode).toBe(12);
    expect(stderr).not.toContain('\u001b[2J');
  });
});

describe('a Node.js that is too old', () => {
  test('is refused in one plain message', async () => {
    const place = await createPlace();
    // The check reads `process.versions`, which a preloaded module can make older.
    await writeFile(
      join(place.folder, 'older.cjs'),
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });`,
    );
    const { exitCode, stdout, stderr } = await place.shell(`node --require ./older.cjs ${PROGRAM} --version`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 12, stdout: '' });
    expect(stderr).toContain('22.12 or newer');
    expect(stderr).toContain('20.1.0');
    expect(stderr).not.toContain('    at ');
  });
});

describe('the program', () => {
  test('answers --version from anywhere, through a link', async () => {
    const place = await createPlace();
    await mkdir(join(place.folder, 'bin'));
    await symlink(PROGRAM, join(place.folder, 'bin', 'referral'));
    const { exitCode, stdout } = await place.shell('./bin/referral --version');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('shows its help without arguments', async () => {
    const place = await createPlace();
    const [bare, asked] = [await place.run(''), await place.run('--help')];
    expect(bare).toEqual(asked);
    expect(bare.exitCode).toBe(0);
    expect(bare.stdout).toContain('referral quickstart');
  });
});
