import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Io } from './io.ts';
import { progressOn, progressText } from './progress.ts';

test('says how much is done, how fast, and how long it will take', () => {
  const text = (done: number, total?: number): string => progressText({ first: 0, done, total }, 30_000);
  expect(text(12_000, 50_000)).toBe('12,000 of 50,000, 400/s, 1 m 35 s left');
  expect(text(12_000)).toBe('12,000, 400/s');
  expect(text(50_000, 50_000)).toBe('50,000 of 50,000, 1667/s, 0 s left');
});

test('counts what is slow by the minute, and guesses nothing before anything is done', () => {
  expect(progressText({ first: 0, done: 3, total: 9 }, 18_000)).toBe('3 of 9, 10/min, 36 s left');
  expect(progressText({ first: 0, done: 0, total: 9 }, 18_000)).toBe('0 of 9');
  expect(progressText({ first: 0, done: 0, total: undefined }, 0)).toBe('0');
});

test('takes for its rate only what was done since it was told for the first time', () => {
  expect(progressText({ first: 1_000, done: 2_000, total: 4_000 }, 10_000)).toBe(
    '2,000 of 4,000, 100/s, 20 s left',
  );
  expect(progressText({ first: 1_000, done: 1_000, total: 4_000 }, 10_000)).toBe('1,000 of 4,000');
});

test('shows one bar at a time on a terminal: that of the work that told last', async () => {
  let written = '';
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  Object.assign(stderr, { isTTY: true, columns: 80, cursorTo: () => true, clearLine: () => true });
  let now = 0;
  const clock = { now: () => '', milliseconds: () => now };
  const log = { line: () => {} };
  const io = { stderr, stderrIsTerminal: true } as unknown as Io;
  const createProgress = progressOn(io, log, clock as never, false);
  const [reading, deciding] = [createProgress('reading'), createProgress('deciding')];
  // Bars are drawn ten times a second.
  const tell = async (progress: typeof reading, done: number): Promise<string> => {
    written = '';
    progress.update(done, 10);
    await sleep(250);
    return written;
  };
  now = 1_000;
  expect(await tell(reading, 1)).toMatch(/^(?!.*deciding).*reading .*1 of 10/s);
  expect(await tell(deciding, 2)).toMatch(/^(?!.*reading).*deciding .*2 of 10/s);
  expect(await tell(reading, 3)).toMatch(/^(?!.*deciding).*reading .*3 of 10/s);
  reading.stop();
  deciding.stop();
  written = '';
  await sleep(250);
  expect(written).toBe('');
});
