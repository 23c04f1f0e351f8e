import { firstMomentOf, wallClockOf } from '../local-time.ts';
import { type Instant, toInstant } from '../time.ts';

/** How often a job is due. */
export type Rhythm = 'five_minutes' | 'daily' | 'weekly';

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

export interface JobCalendar {
  readonly timezone: string;
  /** `02:00`, on the clock of that zone. */
  readonly dailyAt: string;
  readonly weeklyOn: (typeof WEEKDAYS)[number];
}

export interface JobSlot {
  /** The latest time at or before now at which the job was due. What was missed before it is not made up for. */
  readonly slot: Instant;
  readonly next: Instant;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The slot of a moment (milliseconds since the epoch): the same for everyone who asks between two slots, so that a job
 * can be done once for each. A local time that a clock change skips is due at the change, one that it repeats the first time.
 */
export function slotAt(rhythm: Rhythm, now: number, calendar: JobCalendar): JobSlot {
  if (rhythm === 'five_minutes') {
    const slot = Math.floor(now / (5 * MINUTE_MS)) * 5 * MINUTE_MS;
    return { slot: toInstant(slot), next: toInstant(slot + 5 * MINUTE_MS) };
  }
  const today = Math.floor(wallClockOf(now, calendar.timezone) / DAY_MS);
  const dueOn = (day: number): number =>
    firstMomentOf(day * DAY_MS + minutesOf(calendar.dailyAt) * MINUTE_MS, calendar.timezone);
  const isDay = (day: number): boolean =>
    rhythm === 'daily' || weekdayOf(day) === WEEKDAYS.indexOf(calendar.weeklyOn);
  let before = today + 1;
  while (!isDay(before) || dueOn(before) > now) before -= 1;
  let after = before + 1;
  while (!isDay(after)) after += 1;
  return { slot: toInstant(dueOn(before)), next: toInstant(dueOn(after)) };
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

// The first of January 1970 was a Thursday.
function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}
