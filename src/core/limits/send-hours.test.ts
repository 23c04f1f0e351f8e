import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallClockOf } from '../local-time.ts';
import {
  assertSomeHours,
  type DaySpan,
  findHoldEnd,
  parseQuietHours,
  parseSendHours,
  parseSendWindow,
  type SendHours,
} from './send-hours.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

function heldUntil(hours: SendHours, timezone: string, now: string): string | undefined {
  const end = findHoldEnd(hours, timezone, Date.parse(now));
  return end === undefined ? undefined : new Date(end).toISOString();
}

const quiet = (text: string): SendHours => ({ quiet: parseQuietHours(text), window: undefined });
const within = (text: string): SendHours => ({ quiet: undefined, window: parseSendWindow(text) });
const night = quiet('21:00-08:00');

describe('quiet hours', () => {
  it.each([
    ['an evening until the next morning', '2026-07-01T20:00:00.000Z', '2026-07-02T06:00:00.000Z'],
    ['before dawn until the same morning', '2026-07-01T03:00:00.000Z', '2026-07-01T06:00:00.000Z'],
    ['the night in which the clocks go forward', '2026-03-28T21:00:00.000Z', '2026-03-29T06:00:00.000Z'],
    ['the night in which they go back', '2026-10-24T21:00:00.000Z', '2026-10-25T07:00:00.000Z'],
  ])('hold a mail where the recipient lives: %s', (_, now, end) => {
    expect(heldUntil(night, 'Europe/Amsterdam', now)).toBe(end);
  });

  it('begin at their very first moment and are over at their last', () => {
    expect(heldUntil(night, 'UTC', '2026-07-01T20:59:59.999Z')).toBeUndefined();
    expect(heldUntil(night, 'UTC', '2026-07-01T21:00:00.000Z')).toBe('2026-07-02T08:00:00.000Z');
    expect(heldUntil(night, 'UTC', '2026-07-01T08:00:00.000Z')).toBeUndefined();
  });

  it('end with the change when their last minute is one that the clocks skip', () => {
    // New York goes from 02:00 to 03:00 at 07:00Z.
    expect(heldUntil(quiet('21:00-02:30'), 'America/New_York', '2026-03-08T06:00:00.000Z')).toBe(
      '2026-03-08T07:00:00.000Z',
    );
  });

  it('do not come back in an hour that the clocks repeat', () => {
    // Amsterdam shows 02:30 at 00:30Z, and 02:10 once more at 01:10Z.
    const hours = quiet('21:00-02:30');
    expect(heldUntil(hours, 'Europe/Amsterdam', '2026-10-25T00:10:00.000Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(heldUntil(hours, 'Europe/Amsterdam', '2026-10-25T01:10:00.000Z')).toBeUndefined();
  });

  it('last until the first moment of a day that has no midnight', () => {
    // Havana goes from 00:00 to 01:00 at 05:00Z.
    expect(heldUntil(quiet('20:00-00:00'), 'America/Havana', '2026-03-08T03:00:00.000Z')).toBe(
      '2026-03-08T05:00:00.000Z',
    );
  });

  it.each(['21-8', '25:00-08:00', '21:60-08:00', '08:00-08:00', 'night', 'mon 21:00-08:00'])(
    'refuse "%s"',
    (text) => {
      expect(() => parseQuietHours(text)).toThrow(/not a span/);
    },
  );
});

describe('a send window', () => {
  it('holds a mail until it opens, over a weekend too', () => {
    const office = within('mon-fri 09:00-17:00');
    expect(heldUntil(office, 'Europe/Amsterdam', '2026-11-20T12:00:00.000Z')).toBeUndefined();
    expect(heldUntil(office, 'Europe/Amsterdam', '2026-11-20T16:00:00.000Z')).toBe(
      '2026-11-23T08:00:00.000Z',
    );
    expect(heldUntil(office, 'Asia/Tokyo', '2026-11-22T23:00:00.000Z')).toBe('2026-11-23T00:00:00.000Z');
  });

  it('may run past midnight, and belongs to the day on which it opens', () => {
    const late = within('fri 22:00-02:00');
    expect(heldUntil(late, 'UTC', '2026-11-21T01:00:00.000Z')).toBeUndefined();
    expect(heldUntil(late, 'UTC', '2026-11-22T01:00:00.000Z')).toBe('2026-11-27T22:00:00.000Z');
  });

  it('takes whole days, lists and a week that wraps round', () => {
    expect(parseSendWindow('mon-fri 00:00-24:00').days?.size).toBe(5);
    expect([...(parseSendWindow('sat,sun 10:00-16:00').days ?? [])]).toEqual([6, 0]);
    expect([...(parseSendWindow('Fri-Monday 10:00-16:00').days ?? [])]).toEqual([5, 6, 0, 1]);
    expect(heldUntil(within('sat 00:00-24:00'), 'UTC', '2026-11-21T23:59:00.000Z')).toBeUndefined();
  });

  it('opens with the change when its first minute is one that the clocks skip', () => {
    expect(heldUntil(within('02:30-05:00'), 'America/New_York', '2026-03-08T06:00:00.000Z')).toBe(
      '2026-03-08T07:00:00.000Z',
    );
  });

  it.each(['09:00', 'someday 09:00-17:00', '17:00-17:00', 'mon-fri'])('refuses "%s"', (text) => {
    expect(() => parseSendWindow(text)).toThrow(/not a window/);
  });

  it('that the quiet hours cover is refused', () => {
    expect(() => assertSomeHours(parseSendHours('21:00-08:00', '22:00-07:00'))).toThrow(/cover the whole/);
    expect(() => assertSomeHours(parseSendHours('21:00-08:00', 'sat 22:00-09:00'))).not.toThrow();
  });
});

/** Is the clock on the wall in the span? The furthest it has shown counts, so that nothing happens twice in one night. */
function isIn({ from, to, days }: DaySpan, furthest: number): boolean {
  const minute = Math.floor(furthest / MINUTE) % 1_440;
  const day = Math.floor(furthest / DAY);
  const isOn = (at: number): boolean => days === undefined || days.has((((at + 4) % 7) + 7) % 7);
  if (from < to) return minute >= from && minute < to && isOn(day);
  return (minute >= from && isOn(day)) || (minute < to && isOn(day - 1));
}

/** Walks minute by minute, from two days before, until a mail may go. */
function walk({ quiet: silence, window }: SendHours, timezone: string, epoch: number): number {
  let furthest = 0;
  for (let at = epoch - 2 * DAY; ; at += MINUTE) {
    furthest = Math.max(furthest, wallClockOf(at, timezone));
    if (at < epoch) continue;
    const isQuiet = silence !== undefined && isIn(silence, furthest);
    if (!isQuiet && (window === undefined || isIn(window, furthest))) return at;
  }
}

const CHANGES = [
  ['Europe/Amsterdam', '2026-03-29T01:00:00.000Z'],
  ['Europe/Amsterdam', '2026-10-25T01:00:00.000Z'],
  ['America/New_York', '2026-03-08T07:00:00.000Z'],
  ['America/New_York', '2026-11-01T06:00:00.000Z'],
  ['America/Havana', '2026-03-08T05:00:00.000Z'],
  ['America/Havana', '2026-11-01T05:00:00.000Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00.000Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
  ['Pacific/Auckland', '2026-09-26T14:00:00.000Z'],
  ['America/Santiago', '2026-04-05T03:00:00.000Z'],
  ['Asia/Kathmandu', '2026-04-05T03:00:00.000Z'],
] as const;

const minute = fc.integer({ min: 0, max: 1_439 });
const span = fc.tuple(minute, minute).filter(([from, to]) => from !== to);

describe('hours of sending', () => {
  it.each(CHANGES)(
    'agree with a walk through every minute around the change in %s at %s',
    (timezone, change) => {
      fc.assert(
        fc.property(
          fc.option(span, { nil: undefined }),
          fc.option(span, { nil: undefined }),
          fc.integer({ min: -1_500, max: 300 }),
          (first, second, offset) => {
            const toSpan = (times: readonly [number, number] | undefined): DaySpan | undefined =>
              times && { from: times[0], to: times[1] };
            const hours: SendHours = { quiet: toSpan(first), window: toSpan(second) };
            const epoch = Date.parse(change) + offset * MINUTE;
            fc.pre(Number.isFinite(findHoldEnd(hours, 'UTC', 0) ?? 0));
            expect(findHoldEnd(hours, timezone, epoch) ?? epoch).toBe(walk(hours, timezone, epoch));
          },
        ),
        { numRuns: 15 },
      );
    },
  );
});
