import { ReferralError } from './errors.ts';

/** A point in time as ISO 8601 UTC with milliseconds, `2026-03-01T09:00:00.000Z`; sorts as text. */
export type Instant = string;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;
const ZERO = 0x30;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\d\.\d{3}Z$/;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Milliseconds since the epoch as an `Instant`. */
export function toInstant(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString();
}

/** The instant `milliseconds` after (or, negative, before) `instant`. */
export function addMilliseconds(instant: Instant, milliseconds: number): Instant {
  return toInstant(Date.parse(instant) + milliseconds);
}

/** The instant so many days of 24 hours after `instant`. */
export function addDays(instant: Instant, days: number): Instant {
  return days === 0 ? instant : addMilliseconds(instant, days * UNIT_MS.d);
}

/** `30d`, `12h`, `5m`, `250ms` → milliseconds. Throws `usage`. */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text.trim());
  const [, amount, unit] = match ?? [];
  if (amount === undefined || unit === undefined) {
    throw new ReferralError('usage', `"${text}" is not a duration`, {
      hint: 'Write a number and a unit: 30d, 12h, 5m, 10s.',
    });
  }
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** Is this text an `Instant` already, as exports of programs are? Much sooner told than read by `findInstant`, which would give it back. */
export function isInstant(text: string): boolean {
  if (!INSTANT.test(text) || twoDigits(text, 11) > 23) return false;
  return isDay(100 * twoDigits(text, 0) + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
}

function twoDigits(text: string, at: number): number {
  return 10 * (text.charCodeAt(at) - ZERO) + text.charCodeAt(at + 1) - ZERO;
}

/**
 * ISO 8601 → `Instant`, or undefined when the text is none. A time without a zone is local to
 * `timezone` (IANA); a date alone is its first moment there.
 */
export function findInstant(text: string, timezone = 'UTC'): Instant | undefined {
  const match = ISO.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone] = match;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  if (!isDay(Number(year), Number(month), Number(day)) || hour > '23' || minute > '59' || second > '59') {
    return undefined;
  }
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}`;
  if (zone === undefined ? timezone === 'UTC' : zone.toUpperCase() === 'Z') return `${local}Z`;
  const asUtc = Date.parse(`${local}Z`);
  if (zone === undefined) return toInstant(asUtc - zoneOffsetOfLocalTime(asUtc, timezone));
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return toInstant(
    asUtc - sign * (Number(digits.slice(0, 2)) * UNIT_MS.h + Number(digits.slice(2)) * UNIT_MS.m),
  );
}

// In the calendar that everybody writes dates in; there is no 2026-02-30.
function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0));
}

/** As `findInstant`, but throws `usage`. `what` names the flag or field in the message. */
export function parseInstant(text: string, what: string, timezone = 'UTC'): Instant {
  const instant = findInstant(text, timezone);
  if (instant === undefined) {
    throw new ReferralError('usage', `${what}: "${text}" is not a time`, {
      hint: 'Write ISO 8601: 2026-03-01, 2026-03-01T09:00 or 2026-03-01T09:00:00Z.',
    });
  }
  return instant;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that `timezone` is ahead of UTC at `epoch`. Throws `RangeError` for an unknown zone. */
export function zoneOffset(epoch: number, timezone: string): number {
  if (timezone === 'UTC') return 0;
  let formatter = formatters.get(timezone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timezone, formatter);
  }
  const parts = Object.fromEntries(
    formatter.formatToParts(epoch).map((part) => [part.type, Number(part.value)]),
  );
  const local = Date.UTC(
    parts['year'] ?? 0,
    (parts['month'] ?? 1) - 1,
    parts['day'] ?? 1,
    parts['hour'] ?? 0,
    parts['minute'] ?? 0,
    parts['second'] ?? 0,
  );
  return local - Math.floor(epoch / 1_000) * 1_000;
}

/** Is this an IANA time zone that the runtime knows? */
export function isTimezone(name: string): boolean {
  try {
    zoneOffset(0, name);
    return true;
  } catch {
    return false;
  }
}

// A local time in the hour that a clock change skips or repeats takes the offset in force before the change.
function zoneOffsetOfLocalTime(localAsUtc: number, timezone: string): number {
  const before = zoneOffset(localAsUtc - UNIT_MS.d, timezone);
  const after = zoneOffset(localAsUtc + UNIT_MS.d, timezone);
  if (before === after) return before;
  const fits = [before, after].filter((offset) => zoneOffset(localAsUtc - offset, timezone) === offset);
  return fits.length === 1 && fits[0] !== undefined ? fits[0] : before;
}
