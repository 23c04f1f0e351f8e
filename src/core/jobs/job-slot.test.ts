import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JobCalendar, slotAt } from './job-slot.ts';

const utc: JobCalendar = { timezone: 'UTC', dailyAt: '02:00', weeklyOn: 'sunday' };
const at = (text: string): number => Date.parse(text);

test.each([
  ['daily', '2026-03-04T01:59:59.999Z', '2026-03-03T02:00:00.000Z', '2026-03-04T02:00:00.000Z'],
  ['daily', '2026-03-04T02:00:00.000Z', '2026-03-04T02:00:00.000Z', '2026-03-05T02:00:00.000Z'],
  ['weekly', '2026-03-01T01:00:00.000Z', '2026-02-22T02:00:00.000Z', '2026-03-01T02:00:00.000Z'],
  ['weekly', '2026-03-07T23:00:00.000Z', '2026-03-01T02:00:00.000Z', '2026-03-08T02:00:00.000Z'],
  ['five_minutes', '2026-03-04T10:09:59.000Z', '2026-03-04T10:05:00.000Z', '2026-03-04T10:10:00.000Z'],
] as const)('a %s job at %s is due since %s, and next at %s', (rhythm, now, slot, next) => {
  expect(slotAt(rhythm, at(now), utc)).toEqual({ slot, next });
});

test('a local time that the clock change skips is due at the change, one that it repeats the first time', () => {
  const amsterdam: JobCalendar = { timezone: 'Europe/Amsterdam', dailyAt: '02:30', weeklyOn: 'sunday' };
  expect(slotAt('daily', at('2026-03-29T12:00:00Z'), amsterdam).slot).toBe('2026-03-29T01:00:00.000Z');
  expect(slotAt('daily', at('2026-10-25T12:00:00Z'), amsterdam).slot).toBe('2026-10-25T00:30:00.000Z');
});

test('slots follow each other without a gap, in every zone', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Amsterdam', 'America/St_Johns', 'Pacific/Apia', 'Asia/Tehran');
  const times = fc.constantFrom('00:00', '02:00', '02:30', '23:59');
  const rhythms = fc.constantFrom('five_minutes', 'daily', 'weekly');
  const moments = fc.integer({ min: at('2010-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
  fc.assert(
    fc.property(zones, times, rhythms, moments, (timezone, dailyAt, rhythm, now) => {
      const calendar: JobCalendar = { timezone, dailyAt, weeklyOn: 'wednesday' };
      const { slot, next } = slotAt(rhythm, now, calendar);
      expect(at(slot)).toBeLessThanOrEqual(now);
      expect(at(next)).toBeGreaterThan(now);
      expect(slotAt(rhythm, at(next), calendar).slot).toBe(next);
      expect(slotAt(rhythm, at(next) - 1, calendar).slot).toBe(slot);
    }),
  );
});
