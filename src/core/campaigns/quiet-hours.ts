import { ReferralError } from '../errors.ts';
import { findInstant, type Instant, zoneOffset } from '../time.ts';

/** A daily span in which nobody is mailed, in minutes after local midnight, half-open; it may run past midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

const TIMES = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/;
const DAY_MS = 86_400_000;

/** `21:00-08:00` → quiet hours. Throws `usage`. */
export function parseQuietHours(text: string): QuietHours {
  const [, fromHour, fromMinute, toHour, toMinute] = TIMES.exec(text.trim()) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  const isTime = (minutes: number, minute: string | undefined): boolean =>
    minutes <= 1_440 && Number(minute) < 60;
  if (!isTime(from, fromMinute) || !isTime(to, toMinute) || from % 1_440 === to % 1_440) {
    throw new ReferralError('usage', `--quiet-hours: "${text}" is not a span of the day`, {
      hint: 'Write two different times of day: 21:00-08:00.',
    });
  }
  return { from: from % 1_440, to: to % 1_440 };
}

/**
 * When the quiet hours around `now` end where the recipient lives, or undefined outside them. The end is a local
 * wall-clock time, so a night with a clock change is an hour shorter or longer, as it is for the sleeper.
 */
export function findQuietEnd(hours: QuietHours, timezone: string, now: Instant): Instant | undefined {
  const epoch = Date.parse(now);
  const local = epoch + zoneOffset(epoch, timezone);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const minute = (local - midnight) / 60_000;
  const runsPastMidnight = hours.from > hours.to;
  const isQuiet = runsPastMidnight
    ? minute >= hours.from || minute < hours.to
    : minute >= hours.from && minute < hours.to;
  if (!isQuiet) return undefined;
  const endsTomorrow = runsPastMidnight && minute >= hours.from;
  const end = new Date(midnight + (endsTomorrow ? DAY_MS : 0) + hours.to * 60_000).toISOString().slice(0, -1);
  const found = findInstant(end, timezone);
  // In the hour that a clock change repeats, the wall clock's end can lie behind us: the quiet is over then.
  return found !== undefined && found > now ? found : undefined;
}
