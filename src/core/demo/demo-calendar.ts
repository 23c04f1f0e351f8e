import type { Clock } from '../clock.ts';
import { type Instant, toInstant } from '../time.ts';

const DAY = 86_400_000;

/** The fixtures' contest begins on this day; a demo moves every date so that its contest runs now. */
const FIXTURE_START = Date.parse('2026-06-01T00:00:00Z');
const DAYS_BEFORE_NOW = 70;
const CONTEST_DAYS = 92;

/** The dates of one demo: a contest that began ten weeks ago and goes on for three more. */
export interface DemoCalendar {
  /** First and last day of the contest, `2026-06-01`. */
  readonly startsOn: string;
  readonly endsOn: string;
  /** Whole days by which the dates of the fixtures are moved. */
  readonly shiftDays: number;
  /** A clock that ticks like the real one, on day `day` of the contest; from today on it is the real one. */
  clockOnDay(day: number): Clock;
}

export function demoCalendar(clock: Clock): DemoCalendar {
  const today = Math.floor(clock.milliseconds() / DAY) * DAY;
  const start = today - DAYS_BEFORE_NOW * DAY;
  return {
    startsOn: toInstant(start).slice(0, 10),
    endsOn: toInstant(start + CONTEST_DAYS * DAY).slice(0, 10),
    shiftDays: Math.round((start - FIXTURE_START) / DAY),
    clockOnDay: (day) => clockBehind(clock, Math.max(0, (DAYS_BEFORE_NOW - day) * DAY)),
  };
}

function clockBehind(clock: Clock, behindMs: number): Clock {
  return {
    now: () => toInstant(clock.milliseconds() - behindMs),
    milliseconds: () => clock.milliseconds() - behindMs,
  };
}

/** Moves every ISO date or time at the beginning of a cell by whole days: `2026-06-03T09:10:00` and `2026-06-03`. */
export function shiftDates(cell: string, days: number): string {
  const [, date, rest = ''] = /^(\d{4}-\d{2}-\d{2})([T ].*)?$/.exec(cell) ?? [];
  if (date === undefined) return cell;
  const moved: Instant = toInstant(Date.parse(`${date}T00:00:00Z`) + days * DAY);
  return moved.slice(0, 10) + rest;
}
