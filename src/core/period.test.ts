import { describe, expect, it } from 'vitest';
import { isWithin, parsePeriod } from './period.ts';

const AT = '2026-03-30T22:30:00.000Z';
const ZONE = 'Europe/Amsterdam';

describe('a period', () => {
  it.each([
    ['today', '2026-03-30T22:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['week', '2026-03-29T22:00:00.000Z', '2026-04-05T22:00:00.000Z'],
    ['month', '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['year', '2025-12-31T23:00:00.000Z', '2026-12-31T23:00:00.000Z'],
    ['2026-12', '2026-11-30T23:00:00.000Z', '2026-12-31T23:00:00.000Z'],
    ['2026', '2025-12-31T23:00:00.000Z', '2026-12-31T23:00:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-03-01..2026-03-02', '2026-02-28T23:00:00.000Z', '2026-03-02T23:00:00.000Z'],
    ['2026-03-01T10:00..', '2026-03-01T09:00:00.000Z', null],
    ['..2026-03', null, '2026-03-31T22:00:00.000Z'],
    ['2d', '2026-03-28T22:30:00.000Z', '2026-03-30T22:30:00.001Z'],
    ['all', null, null],
  ])('%s is half-open in the time zone', (text, from, to) => {
    expect(parsePeriod(text, AT, ZONE)).toEqual({ name: text, from, to });
  });

  it.each(['yesterweek', '2026-13', '2026-02-30', '..', '2026-03-02..2026-03-01', '1..2..3', '30y'])(
    'refuses %s',
    (text) => {
      expect(() => parsePeriod(text, AT, ZONE)).toThrow(/--period/);
    },
  );

  it('holds its first moment and not its last', () => {
    const period = parsePeriod('2026-03-29', AT, 'UTC');
    expect(isWithin('2026-03-29T00:00:00.000Z', period)).toBe(true);
    expect(isWithin('2026-03-30T00:00:00.000Z', period)).toBe(false);
  });
});
