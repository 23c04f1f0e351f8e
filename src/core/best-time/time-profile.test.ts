import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSendHours } from '../limits/send-hours.ts';
import { createChance } from '../models/chance.ts';
import { toInstant } from '../time.ts';
import { listSlots, pickSlot } from './pick-slot.ts';
import { addClicks, emptyCounts, estimateStrength, evenProfile, shrinkProfile } from './time-profile.ts';

const MONDAY_NOON = Date.parse('2026-07-06T12:00:00.000Z');
const counts = fc
  .array(fc.nat(50), { minLength: 24, maxLength: 24 })
  .map((hours) => ({ ...emptyCounts(), hours: Float64Array.from(hours) }));
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe('the profile of a person', () => {
  it('lies between their own clicks and those around them, and adds up to 1', () => {
    fc.assert(
      fc.property(counts, counts, fc.double({ min: 0.1, max: 500, noNaN: true }), (own, others, strength) => {
        const around = shrinkProfile(others, evenProfile(), { hours: 24, weekdays: 7 });
        const { hours, weekdays } = shrinkProfile(own, around, { hours: strength, weekdays: strength });
        expect(sum(hours)).toBeCloseTo(1, 9);
        expect(sum(weekdays)).toBeCloseTo(1, 9);
        const total = sum(own.hours);
        for (const [hour, share] of hours.entries()) {
          const ends = [
            around.hours[hour] ?? 0,
            total === 0 ? (around.hours[hour] ?? 0) : (own.hours[hour] ?? 0) / total,
          ];
          expect(share).toBeGreaterThanOrEqual(Math.min(...ends) - 1e-12);
          expect(share).toBeLessThanOrEqual(Math.max(...ends) + 1e-12);
        }
      }),
    );
  });

  it('is that of the people around who has never clicked, and their own after many clicks', () => {
    const own = emptyCounts();
    expect(shrinkProfile(own, evenProfile(), { hours: 10, weekdays: 10 }).hours).toEqual(evenProfile().hours);
    addClicks(own, MONDAY_NOON, 10_000);
    const { hours, weekdays } = shrinkProfile(own, evenProfile(), { hours: 10, weekdays: 10 });
    expect(hours[12]).toBeGreaterThan(0.99);
    expect(weekdays[1]).toBeGreaterThan(0.99);
  });

  it('weighs surroundings by how much people differ', () => {
    // People of whom each has hours of their own, drawn around even ones with a known strength: Pólya's urn.
    const chance = createChance(3, 'people');
    for (const strength of [2, 20]) {
      let agreement = 0;
      const people = 20_000;
      for (let person = 0; person < people; person += 1) {
        const first = Math.floor(chance.next() * 24);
        const isRepeated = chance.next() < 1 / (1 + strength);
        const second = isRepeated ? first : Math.floor(chance.next() * 24);
        if (first === second) agreement += 1 / people;
      }
      const found = estimateStrength(agreement, people, evenProfile().hours);
      expect(Math.abs(found / strength - 1)).toBeLessThan(0.2);
    }
    expect(estimateStrength(1 / 24, 1_000, evenProfile().hours)).toBe(10_000);
    expect(estimateStrength(1, 1_000, evenProfile().hours)).toBe(1);
    expect(estimateStrength(1, 5, evenProfile().hours)).toBe(10);
  });
});

describe('the best hour', () => {
  const profile = (wall: string) => {
    const own = emptyCounts();
    addClicks(own, Date.parse(wall), 100);
    return shrinkProfile(own, evenProfile(), { hours: 1, weekdays: 1 });
  };

  it('is the next one of its weekday by the clock where the person lives', () => {
    const slots = listSlots(MONDAY_NOON, 'America/New_York', undefined);
    // Tuesday at nine in New York.
    expect(pickSlot(slots, profile('2026-01-06T09:30:00.000Z'))?.at).toBe(
      Date.parse('2026-07-07T13:00:00.000Z'),
    );
    // It has begun already: at once.
    expect(pickSlot(slots, profile('2026-01-05T08:30:00.000Z'))?.at).toBe(MONDAY_NOON);
  });

  it('begins with a full hour on the wall, also where clocks are half an hour off', () => {
    const from = MONDAY_NOON + 20 * 60_000;
    const nine = profile('2026-01-06T09:30:00.000Z');
    const find = (zone: string) => toInstant(pickSlot(listSlots(from, zone, undefined), nine)?.at ?? 0);
    expect(find('UTC')).toBe('2026-07-07T09:00:00.000Z');
    expect(find('Asia/Kolkata')).toBe('2026-07-07T03:30:00.000Z');
  });

  it('is at once where all hours are as good', () => {
    const slots = listSlots(MONDAY_NOON, 'Asia/Kolkata', undefined);
    expect(pickSlot(slots, evenProfile())?.at).toBe(MONDAY_NOON);
    expect(slots).toHaveLength(168);
  });

  it('lies within the send window and outside quiet hours, on the days when clocks change too', () => {
    const zones = ['Europe/Amsterdam', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];
    const days = fc.integer({ min: 0, max: 400 * 24 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), days, counts, (zone, hour, own) => {
        const from = Date.parse('2026-01-01T00:00:00.000Z') + hour * 3_600_000;
        const slots = listSlots(from, zone, parseSendHours('21:00-08:00', 'mon-fri 07:00-20:00'));
        const slot = pickSlot(slots, shrinkProfile(own, evenProfile(), { hours: 1, weekdays: 1 }));
        expect(slot?.hour).toBeGreaterThanOrEqual(8);
        expect(slot?.hour).toBeLessThan(20);
        expect([1, 2, 3, 4, 5]).toContain(slot?.weekday);
        expect(slot?.at).toBeGreaterThanOrEqual(from);
        expect(slot?.at).toBeLessThan(from + 7 * 86_400_000);
      }),
      { numRuns: 60 },
    );
  });

  it('is none where no hour is allowed', () => {
    expect(pickSlot([], evenProfile())).toBeUndefined();
  });
});
