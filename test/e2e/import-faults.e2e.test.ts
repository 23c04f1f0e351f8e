import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createPlace, errorOf, jsonOf, type Place, PROGRAM } from '../cli.ts';
import { describeEngineUrls } from '../engines.ts';
import { usingPostgresClient } from '../postgres-server.ts';

const HEADER = 'customer_id,email,name,city\n';
const row = (at: number) =>
  `C-${at},guest${at}@mail.example.com,Jan van den Berg the ${at}th,Washington on the River\n`;
const rowsOf = (count: number) => Array.from({ length: count }, (_, at) => row(at)).join('');
const SMALL = HEADER + rowsOf(100);
/** More than two megabytes, which are read on another thread. */
const LARGE = HEADER + rowsOf(30_000);
const BAD = `${HEADER}C-1,nobody at all,Jan,Ghent\nC-2,jan@example.com,Jan,Ghent\n`;

async function createMigrated(url = 'sqlite:referral.db'): Promise<Place> {
  const place = await createPlace({ REFERRAL_DATABASE_URL: url });
  expect(await place.run('migrate')).toMatchObject({ exitCode: 0 });
  return place;
}

async function isEmpty(place: Place): Promise<boolean> {
  return (await place.run('customers list --limit 1 --json')).stdout.trim() === '[]';
}

/** Imports from a standard input that stays open: the program is in the middle of it for as long as a test wants. */
function importFromPipe(place: Place, start: string, words: readonly string[] = []) {
  const child = spawn(process.execPath, [PROGRAM, 'customers', 'import', '-', '--json', ...words], {
    cwd: place.folder,
    env: place.env,
    stdio: 'pipe',
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdout.resume();
  // It may end before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.write(start);
  const ended = once(child, 'close').then(([code]) => ({ exitCode: code as number, stderr }));
  return { child, ended };
}

async function waitUntilRunning(place: Place): Promise<void> {
  await vi.waitUntil(async () => (await place.run('runs list --json')).stdout.includes('"running"'), {
    timeout: 60_000,
    interval: 200,
  });
}

const lastError = (stderr: string) => errorOf({ exitCode: 0, signal: undefined, stdout: '', stderr });

describeEngineUrls('an import of customers', (createUrl, engine) => {
  test.each([
    ['SIGINT', 130, 'small', SMALL],
    ['SIGTERM', 143, 'large', LARGE],
  ] as const)('stops at %s with %i, and a %s file leaves nothing', async (signal, exitCode, _size, start) => {
    const place = await createMigrated(await createUrl());
    const { child, ended } = importFromPipe(place, start);
    await waitUntilRunning(place);
    child.kill(signal);
    const outcome = await ended;
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain('Interrupted');
    expect(lastError(outcome.stderr)).toMatchObject({ code: 'interrupted' });
    expect(await isEmpty(place)).toBe(true);
    expect((await place.run('runs list --json')).stdout).toContain('"interrupted"');
    expect(await place.run('customers import - --json', { input: start })).toMatchObject({ exitCode: 0 });
  });

  test('waits for one at work with --lock-wait, and then finds its customers unchanged', async () => {
    const place = await createMigrated(await createUrl());
    const { child, ended } = importFromPipe(place, LARGE);
    await waitUntilRunning(place);
    await writeFile(join(place.folder, 'same.csv'), LARGE);
    const second = place.run('customers import same.csv --lock-wait 2m --json');
    child.stdin.end();
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect(jsonOf(await second)).toMatchObject({ rows: 30_000, created: 0, unchanged: 30_000 });
  });

  test('of a file that grows while it is read takes nothing in', async () => {
    const place = await createMigrated(await createUrl());
    const file = join(place.folder, 'growing.csv');
    await writeFile(file, HEADER + rowsOf(150_000));
    const child = spawn(process.execPath, [PROGRAM, 'customers', 'import', 'growing.csv'], {
      cwd: place.folder,
      env: place.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      // The first line says which columns were found: by then the rows are being read.
      if (stderr === '') void appendFile(file, 'C-X,half a r');
      stderr += chunk.toString();
    });
    expect(await once(child, 'close')).toEqual([14, null]);
    expect(stderr).toContain('growing.csv changed while it was read');
    expect(await isEmpty(place)).toBe(true);
  });

  if (engine === 'postgres') {
    test('whose connection is cut takes nothing in, says so, and can be run again', async () => {
      const url = await createUrl();
      const place = await createMigrated(url);
      const { child, ended } = importFromPipe(place, LARGE);
      await vi.waitUntil(
        () =>
          usingPostgresClient(url, async (client) => {
            const { rowCount } = await client.query(
              `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'copy %'`,
            );
            return rowCount !== null && rowCount > 0;
          }),
        { timeout: 60_000, interval: 50 },
      );
      child.stdin.end(row(1_000_000));
      const outcome = await ended;
      expect(outcome.exitCode).toBe(13);
      expect(lastError(outcome.stderr)).toMatchObject({
        code: 'database_unreachable',
        message: expect.stringContaining('was lost'),
      });
      expect(await isEmpty(place)).toBe(true);
      expect(await place.run('customers import - --json', { input: LARGE })).toMatchObject({ exitCode: 0 });
    });
  }
});

describe('an import of customers', () => {
  test('stops at once at the second Ctrl-C', async () => {
    const place = await createMigrated();
    const { child, ended } = importFromPipe(place, LARGE);
    await waitUntilRunning(place);
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ exitCode: 130 });
    expect(await isEmpty(place)).toBe(true);
  });

  // The shell counts in blocks of 512 bytes: the database may grow to 3 MB, and its log with it.
  test('into a SQLite file that can not grow takes nothing in, says so, and can be run again', async () => {
    const place = await createMigrated();
    await writeFile(join(place.folder, 'large.csv'), LARGE);
    const outcome = await place.shell('ulimit -f 6000; referral customers import large.csv --json');
    expect(outcome.exitCode).toBe(13);
    expect(errorOf(outcome)).toMatchObject({ code: 'database_unreachable' });
    expect(await isEmpty(place)).toBe(true);
    expect(jsonOf(await place.run('customers import large.csv --json'))).toMatchObject({ created: 30_000 });
  });

  test('with no room for its rejects takes nothing in, and leaves no file', async () => {
    const place = await createMigrated();
    await writeFile(join(place.folder, 'bad.csv'), BAD);
    const full = await place.run('customers import bad.csv --rejects /dev/full --json');
    expect(full.exitCode).toBe(17);
    expect(errorOf(full)).toMatchObject({ code: 'state_forbids' });
    const long = `${HEADER}C-1,nobody at all,Jan,${'x'.repeat(500_000)}\n${rowsOf(1)}`;
    await writeFile(join(place.folder, 'long.csv'), long);
    const limited = await place.shell('ulimit -f 900; referral customers import long.csv --json');
    expect(limited.exitCode).toBe(17);
    expect(errorOf(limited)).toMatchObject({ code: 'state_forbids' });
    expect(await isEmpty(place)).toBe(true);
    expect((await readdir(place.folder)).filter((name) => name.includes('rejects'))).toEqual([]);
    expect(await place.run('customers import bad.csv --json')).toMatchObject({ exitCode: 3 });
    expect(existsSync(join(place.folder, 'bad.rejects.csv'))).toBe(true);
  });

  test.each([
    'customers import -',
    'conversions import - --contest summer',
    'events import -',
    'customers suppress --file -',
    'settings import -',
  ])('refuses a folder on standard input, as every command does: %s', async (words) => {
    const place = await createMigrated();
    const outcome = await place.shell(`referral ${words} --json < .`);
    expect(outcome.exitCode).toBe(14);
    expect(errorOf(outcome)).toMatchObject({
      code: 'input_missing',
      message: 'standard input is a folder, not a file',
    });
  });
});
