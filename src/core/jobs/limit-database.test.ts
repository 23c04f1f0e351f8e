import { expect, test } from 'vitest';
import { timeIsUp } from './limit-database.ts';

test.each([
  [0.5 / 60, 'longer than 1 s', '--time-limit 2s'],
  [0.5, 'longer than 30 s', '--time-limit 60s'],
  [30, 'longer than 30 min', '--time-limit 60m'],
])('a job whose limit of %d minutes is over says so in units that can be typed', (minutes, said, hint) => {
  const error = timeIsUp({ job: 'backup', minutes });
  expect(error.message).toContain(said);
  expect(error.hint).toContain(hint);
});
