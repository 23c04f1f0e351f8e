import { describe, expect, it } from 'vitest';
import { type EstimateInput, estimateSending } from './estimate-sending.ts';
import { parseSendHours } from './send-hours.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

function estimate(recipients: Record<string, number>, over: Partial<EstimateInput> = {}) {
  const { seconds, secondsOf } = estimateSending({
    recipients: new Map(Object.entries(recipients)),
    start: Date.parse('2026-11-20T10:00:00.000Z'),
    rate: 1_000,
    classRates: new Map(),
    volumeOf: () => undefined,
    hours: undefined,
    timezone: 'UTC',
    dayTimezone: 'UTC',
    ...over,
  });
  return { seconds, ...Object.fromEntries(secondsOf) };
}

describe('the time that sending takes', () => {
  it('is that of the rate where nothing else bounds it', () => {
    expect(estimate({ other: 10_000 })).toEqual({ seconds: 10, other: 10 });
    expect(estimate({ gmail: 7_000, other: 3_000 }, { rate: 500 }).seconds).toBe(20);
    expect(estimate({ other: 0 })).toEqual({ seconds: 0, other: 0 });
  });

  it('is that of the slowest class, and the others are done before', () => {
    const classRates = new Map([['gmail', 10]]);
    expect(estimate({ gmail: 36_000, other: 9_900 }, { classRates })).toEqual({
      ...{ seconds: HOUR, gmail: HOUR },
      other: 10,
    });
  });

  it('counts days where a cap or a warm-up bounds each of them', () => {
    expect(estimate({ other: 2_500 }, { volumeOf: () => 1_000 }).seconds).toBe(14 * HOUR + DAY + 1);
    const growing = (day: string) => ({ '2026-11-20': 50, '2026-11-21': 100 })[day];
    expect(estimate({ other: 1_150 }, { volumeOf: growing }).seconds).toBe(14 * HOUR + DAY + 1);
  });

  it('counts the nights and weekends in which nobody is mailed', () => {
    const hours = parseSendHours(null, 'mon-fri 09:00-17:00');
    // 7 hours of Friday, and one of Monday.
    expect(estimate({ other: 8 * HOUR }, { rate: 1, hours }).seconds).toBe(3 * DAY);
    expect(
      estimate({ other: 22 * HOUR }, { rate: 1, hours: parseSendHours('21:00-08:00', null) }).seconds,
    ).toBe(22 * HOUR + 11 * HOUR);
  });

  it('is no number where it never ends', () => {
    expect(estimate({ other: 1 }, { volumeOf: () => 0 })).toEqual({ seconds: null, other: null });
  });
});
