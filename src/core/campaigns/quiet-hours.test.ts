import { describe, expect, it } from 'vitest';
import { findQuietEnd, parseQuietHours } from './quiet-hours.ts';

const night = parseQuietHours('21:00-08:00');

describe('quiet hours', () => {
  it('hold a mail in the evening until the next morning where the recipient lives', () => {
    expect(findQuietEnd(night, 'Europe/Amsterdam', '2026-07-01T20:00:00.000Z')).toBe(
      '2026-07-02T06:00:00.000Z',
    );
  });

  it('hold a mail before dawn until the same morning', () => {
    expect(findQuietEnd(night, 'Europe/Amsterdam', '2026-07-01T03:00:00.000Z')).toBe(
      '2026-07-01T06:00:00.000Z',
    );
  });

  it('let a mail go at noon, and at the very moment they end', () => {
    expect(findQuietEnd(night, 'UTC', '2026-07-01T12:00:00.000Z')).toBeUndefined();
    expect(findQuietEnd(night, 'UTC', '2026-07-01T08:00:00.000Z')).toBeUndefined();
  });

  it('begin at their very first moment', () => {
    expect(findQuietEnd(night, 'UTC', '2026-07-01T21:00:00.000Z')).toBe('2026-07-02T08:00:00.000Z');
  });

  it('end by the wall clock in the night in which the clocks change', () => {
    expect(findQuietEnd(night, 'Europe/Amsterdam', '2026-03-28T21:00:00.000Z')).toBe(
      '2026-03-29T06:00:00.000Z',
    );
    expect(findQuietEnd(night, 'Europe/Amsterdam', '2026-10-24T21:00:00.000Z')).toBe(
      '2026-10-25T07:00:00.000Z',
    );
  });

  it('may lie within one day', () => {
    const lunch = parseQuietHours('12:00-13:30');
    expect(findQuietEnd(lunch, 'UTC', '2026-07-01T12:30:00.000Z')).toBe('2026-07-01T13:30:00.000Z');
    expect(findQuietEnd(lunch, 'UTC', '2026-07-01T13:30:00.000Z')).toBeUndefined();
  });

  it.each(['21-8', '25:00-08:00', '21:60-08:00', '08:00-08:00', 'night'])('refuse "%s"', (text) => {
    expect(() => parseQuietHours(text)).toThrow(/not a span/);
  });
});
