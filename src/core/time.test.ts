import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMilliseconds,
  findInstant,
  isInstant,
  isTimezone,
  parseDuration,
  parseInstant,
  toInstant,
  zoneOffset,
} from './time.ts';

describe('findInstant', () => {
  it.each([
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01 09:00', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T09:00:00+02:00', '2026-03-01T07:00:00.000Z'],
    ['2026-03-01T09:00:00-0530', '2026-03-01T14:30:00.000Z'],
    ['2026-03-01T09:00:00.123456Z', '2026-03-01T09:00:00.123Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(findInstant(text)).toBe(instant);
  });

  it.each([
    '',
    'yesterday',
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-03-01T25:00',
    '01-03-2026',
    '2026-3-1',
  ])('refuses "%s"', (text) => {
    expect(findInstant(text)).toBeUndefined();
  });

  it('takes a time without a zone as local to the zone given, in summer and in winter', () => {
    expect(findInstant('2026-07-01T12:00', 'Europe/Amsterdam')).toBe('2026-07-01T10:00:00.000Z');
    expect(findInstant('2026-01-01T12:00', 'Europe/Amsterdam')).toBe('2026-01-01T11:00:00.000Z');
    expect(findInstant('2026-01-01', 'America/New_York')).toBe('2026-01-01T05:00:00.000Z');
  });

  it('gives an hour that a clock change repeats or skips the offset before the change', () => {
    expect(findInstant('2026-10-25T02:30', 'Europe/Amsterdam')).toBe('2026-10-25T00:30:00.000Z');
    expect(findInstant('2026-03-29T02:30', 'Europe/Amsterdam')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('reads back every instant it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
        expect(findInstant(toInstant(ms))).toBe(toInstant(ms));
      }),
    );
  });
});

describe('parseInstant', () => {
  it('names the flag that was wrong', () => {
    expect(() => parseInstant('soon', '--as-of')).toThrowError(/--as-of: "soon" is not a time/);
  });
});

describe('parseDuration', () => {
  it.each([
    ['30d', 2_592_000_000],
    ['12h', 43_200_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', 'd', '-1d', '5 days'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrowError(/is not a duration/);
  });
});

describe('zones', () => {
  it('knows real zones only', () => {
    expect(isTimezone('Europe/Amsterdam')).toBe(true);
    expect(isTimezone('Europe/Amsterdamm')).toBe(false);
  });

  it('measures the offset at a time', () => {
    expect(zoneOffset(Date.parse('2026-07-01T00:00:00Z'), 'Asia/Kolkata')).toBe(19_800_000);
  });

  it('adds milliseconds', () => {
    expect(addMilliseconds('2026-12-31T23:59:59.999Z', 1)).toBe('2027-01-01T00:00:00.000Z');
  });
});

describe('isInstant', () => {
  it('says of a text what findInstant would give back unchanged', () => {
    const part = (most: number, length: number) =>
      fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(length, '0'));
    const text = fc
      .tuple(part(9999, 4), part(13, 2), part(32, 2), part(25, 2), part(61, 2), part(61, 2), part(999, 3))
      .map(([y, mo, d, h, mi, s, ms]) => `${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (value) => {
        expect(isInstant(value)).toBe(findInstant(value) === value);
      }),
    );
    for (const other of [
      '2026-03-01',
      '2026-03-01T09:00:00Z',
      '2026-03-01t09:00:00.000z',
      '2026-03-01T09:00:00.000Z ',
    ]) {
      expect(isInstant(other)).toBe(false);
    }
  });
});
