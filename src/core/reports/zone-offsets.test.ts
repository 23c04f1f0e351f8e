import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toInstant, zoneOffset } from '../time.ts';
import { zoneOffsets } from './zone-offsets.ts';

describe('zone offsets', () => {
  it('change when the clocks do', () => {
    expect(zoneOffsets('2026-01-15T00:00:00.000Z', '2026-12-01T00:00:00.000Z', 'Europe/Amsterdam')).toEqual([
      { minutes: 60, until: '2026-03-29T01:00:00.000Z' },
      { minutes: 120, until: '2026-10-25T01:00:00.000Z' },
      { minutes: 60, until: null },
    ]);
  });

  it('give the offset of every moment between, in zones of all kinds', () => {
    const zones = ['UTC', 'Europe/Amsterdam', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
    const first = Date.UTC(2025, 0, 1);
    const last = Date.UTC(2027, 0, 1);
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: first, max: last }), (zone, at) => {
        const offsets = zoneOffsets(toInstant(first), toInstant(last), zone);
        const offset = offsets.find(({ until }) => until === null || toInstant(at) < until);
        expect((offset?.minutes ?? Number.NaN) * 60_000).toBe(zoneOffset(at, zone));
      }),
    );
  });
});
