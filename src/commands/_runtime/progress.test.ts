import { expect, test } from 'vitest';
import { progressText } from './progress.ts';

test('says how much is done, how fast, and how long it will take', () => {
  expect(progressText(12_000, 50_000, 30_000)).toBe('12,000 of 50,000, 400/s, 1 m 35 s left');
  expect(progressText(12_000, undefined, 30_000)).toBe('12,000, 400/s');
  expect(progressText(50_000, 50_000, 30_000)).toBe('50,000 of 50,000, 1667/s, 0 s left');
});

test('counts what is slow by the minute, and guesses nothing before anything is done', () => {
  expect(progressText(3, 9, 18_000)).toBe('3 of 9, 10/min, 36 s left');
  expect(progressText(0, 9, 18_000)).toBe('0 of 9');
  expect(progressText(0, undefined, 0)).toBe('0');
});
