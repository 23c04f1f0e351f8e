import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPlace, errorOf, jsonOf, type Place, PROGRAM } from '../cli.ts';
import { createQuickstartPlace } from '../quickstart-copy.ts';

interface Interrupted {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** A copy of the demo with campaigns that take minutes to send: nothing here brings them to their end. */
let demo: Place;
const cleanUps: (() => Promise<void>)[] = [];

beforeAll(async () => {
  demo = await createQuickstartPlace({}, (cleanUp) => cleanUps.push(cleanUp));
  for (const slug of ['slow', 'dropped']) {
    const options = '--contest summer-referral --template reminder --rate 20/s --json';
    expect(await demo.run(`campaigns create ${slug} ${options}`)).toMatchObject({ exitCode: 0 });
  }
});

afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

/** Starts the program, sends the signals one after the other as soon as `ready` says so, and waits for its end. */
async function interrupt(
  place: Place,
  words: string,
  signals: readonly NodeJS.Signals[],
  ready: () => Promise<unknown>,
): Promise<Interrupted> {
  const child = spawn(process.execPath, [PROGRAM, ...words.split(' ')], {
    cwd: place.folder,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close');
  await ready();
  for (const signal of signals) {
    child.kill(signal);
    await sleep(10);
  }
  const started = performance.now();
  const [exitCode, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, stdout, stderr, milliseconds: performance.now() - started };
}

const send = (slug: string): string => `campaigns send ${slug} --yes --confirm ${slug} --json`;

/** Waits until the campaign's part of the outbox has more mails than now. */
function untilMailsAreSent(slug: string): () => Promise<unknown> {
  const outbox = join(demo.folder, 'outbox', slug);
  const count = (): number => (existsSync(outbox) ? readdirSync(outbox).length : 0);
  const before = count();
  return () => vi.waitUntil(() => count() > before, { timeout: 60_000, interval: 20 });
}

describe('Ctrl-C and SIGTERM', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'the first %s finishes the batch in hand, says so, and ends with %i',
    async (signal, exitCode) => {
      const outcome = await interrupt(demo, send('slow'), [signal], untilMailsAreSent('slow'));
      expect(outcome.exitCode).toBe(exitCode);
      expect(outcome.stderr).toContain('Interrupted');
      const status = jsonOf(await demo.run('campaigns status slow --json'));
      expect(status).toMatchObject({ in_doubt: 0 });
      expect(status['pending']).toBeGreaterThan(0);
      expect((await demo.run('audit verify')).exitCode).toBe(0);
    },
  );

  test('the second stops at once', async () => {
    const outcome = await interrupt(
      demo,
      send('dropped'),
      ['SIGINT', 'SIGINT'],
      untilMailsAreSent('dropped'),
    );
    expect(outcome).toMatchObject({ exitCode: 130, signal: null });
    expect(outcome.milliseconds).toBeLessThan(5_000);
    expect((await demo.run('campaigns status dropped --json')).exitCode).toBe(0);
  });

  test('a command that only prints stops, too', async () => {
    const place = await createPlace();
    const outcome = await interrupt(place, 'config show', ['SIGINT'], () => sleep(15));
    // Before the program listens, the signal itself ends the process.
    expect([0, 130, null]).toContain(outcome.exitCode);
    expect(outcome.stderr).not.toContain('This is a bug');
  });
});

describe('a confirmation', () => {
  const CANCEL = 'contests cancel summer-referral';

  test.each([
    ['nothing', `${CANCEL} < /dev/null`],
    ['yes', `yes | ${CANCEL}`],
    ['an empty line', `echo | ${CANCEL}`],
    ['the very name', `echo summer-referral | ${CANCEL}`],
  ])('is not given by a pipe that says %s', async (_title, line) => {
    const outcome = await demo.shell(`${line.replace(CANCEL, `referral ${CANCEL} --json`)}`);
    expect(outcome).toMatchObject({ exitCode: 16, stdout: '' });
    expect(errorOf(outcome)).toMatchObject({
      code: 'confirmation_needed',
      hint: expect.stringContaining('--'),
    });
    const contest = jsonOf(await demo.run('contests show summer-referral --json'));
    expect(contest['status']).not.toBe('cancelled');
  });

  test('is not given by --confirm with another name', async () => {
    expect((await demo.run(`${CANCEL} --confirm winter-referral`)).exitCode).toBe(16);
  });

  test('is not asked for with --no-input, even on a terminal', async () => {
    expect((await demo.terminal(`referral ${CANCEL} --no-input`)).exitCode).toBe(16);
  });

  test('is asked for on a terminal, and its default is no', async () => {
    const outcome = await demo.terminal(`referral ${CANCEL}`, { typed: ['\r'] });
    expect(outcome.exitCode).toBe(16);
    expect(outcome.stdout).toContain('summer-referral');
    const contest = jsonOf(await demo.run('contests show summer-referral --json'));
    expect(contest['status']).not.toBe('cancelled');
  });
});

describe('standard input', () => {
  test('is read where a file is -', async () => {
    const place = await createPlace();
    await place.run('migrate');
    const input = 'customer_id,email\nA-1,a@example.com\n';
    const outcome = await place.run('customers import - --json', { input });
    expect(outcome.exitCode).toBe(0);
    expect(jsonOf(outcome)).toMatchObject({ rows: 1, created: 1 });
  });
});

describe('a lock', () => {
  test('keeps a second run of the same job out, unless it is to be skipped', async () => {
    const place = await createPlace();
    await place.run('migrate');
    await writeFile(join(place.folder, 'one.csv'), 'customer_id,email\nA-1,a@example.com\n');
    // An import whose file does not end yet holds its lock for as long as the test wants.
    const first = spawn(process.execPath, [PROGRAM, 'customers', 'import', '-', '--json'], {
      cwd: place.folder,
      env: place.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = once(first, 'close');
    first.stdin.write('customer_id,email\nA-2,b@example.com\n');
    await vi.waitUntil(async () => (await place.run('runs list --json')).stdout.includes('"running"'), {
      timeout: 60_000,
      interval: 200,
    });
    const second = await place.run('customers import one.csv --json');
    const skipped = await place.run('customers import one.csv --json --skip-if-locked');
    first.stdin.end();
    expect(second.exitCode).toBe(11);
    expect(errorOf(second)).toMatchObject({ code: 'locked', hint: expect.stringContaining('--lock-wait') });
    expect(skipped).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Skipped') });
    expect(await ended).toEqual([0, null]);
    expect((await place.run('customers import one.csv')).exitCode).toBe(0);
  });
});
