import { ReferralError } from './errors.ts';
import { addMilliseconds, findInstant, type Instant, parseDuration, toInstant, zoneOffset } from './time.ts';

/** A stretch of time, half-open `[from, to)`; null is open on that side. */
export interface Period {
  /** As the operator wrote it: `all`, `month`, `30d`, `2026-03`, `2026-03-01..2026-03-31`. */
  readonly name: string;
  readonly from: Instant | null;
  readonly to: Instant | null;
}

const DAY_MS = 86_400_000;

/** The period that never began and never ends. */
export const WHOLE_TIME: Period = { name: 'all', from: null, to: null };

/**
 * A period as text. `week` (from Monday), `month` and `year` are the calendar ones around `reference` in `timezone`;
 * `30d` ends at `reference`; a year, month or day means all of it, as does the right side of `from..to`. Throws `usage`.
 */
export function parsePeriod(text: string, reference: Instant, timezone: string): Period {
  const name = text.trim().toLowerCase();
  if (name === 'all' || name === '') return WHOLE_TIME;
  const today = localDate(reference, timezone);
  const calendar = calendarPeriod(name, today);
  if (calendar !== undefined) {
    return { name, from: midnight(calendar[0], timezone), to: midnight(calendar[1], timezone) };
  }
  if (/^\d+(?:\.\d+)?[hdw]$/.test(name)) {
    return {
      name,
      from: addMilliseconds(reference, -parseDuration(name)),
      to: addMilliseconds(reference, 1),
    };
  }
  return parseRange(text.trim(), timezone);
}

/** Is the instant inside the period? */
export function isWithin(instant: Instant, { from, to }: Period): boolean {
  return (from === null || instant >= from) && (to === null || instant < to);
}

/** `2026-03-01` in the time zone. */
export function localDate(instant: Instant, timezone: string): string {
  const epoch = Date.parse(instant);
  return toInstant(epoch + zoneOffset(epoch, timezone)).slice(0, 10);
}

/** `2026-03-01` and a number of days → the date that many days later. */
export function addDays(date: string, days: number): string {
  return toInstant(Date.parse(`${date}T00:00:00.000Z`) + days * DAY_MS).slice(0, 10);
}

function calendarPeriod(name: string, today: string): readonly [string, string] | undefined {
  switch (name) {
    case 'today':
      return [today, addDays(today, 1)];
    case 'week': {
      const weekday = (new Date(`${today}T00:00:00.000Z`).getUTCDay() + 6) % 7;
      return [addDays(today, -weekday), addDays(today, 7 - weekday)];
    }
    case 'month':
      return wholeOf(today.slice(0, 7));
    case 'year':
      return wholeOf(today.slice(0, 4));
    default:
      return /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/.test(name) ? wholeOf(name) : undefined;
  }
}

/** First day of a year, month or day, and the first day after it. */
function wholeOf(date: string): readonly [string, string] | undefined {
  const [year = '', month, day] = date.split('-');
  const next = (index: number): string => String(index).padStart(2, '0');
  if (day !== undefined) return findInstant(date) === undefined ? undefined : [date, addDays(date, 1)];
  if (month === undefined) return [`${year}-01-01`, `${String(Number(year) + 1).padStart(4, '0')}-01-01`];
  if (Number(month) < 1 || Number(month) > 12) return undefined;
  const after = month === '12' ? `${Number(year) + 1}-01-01` : `${year}-${next(Number(month) + 1)}-01`;
  return [`${date}-01`, after];
}

function parseRange(text: string, timezone: string): Period {
  const [left, right, ...rest] = text.split('..');
  const from = boundary(left ?? '', timezone, 0);
  const to = boundary(right ?? '', timezone, 1);
  if (right === undefined || rest.length > 0 || from === undefined || to === undefined) throw unknown(text);
  if (from === null && to === null) throw unknown(text);
  if (from !== null && to !== null && from >= to) {
    throw new ReferralError('usage', `--period: "${text}" ends before it begins`, {
      hint: 'Write the earlier time first: 2026-03-01..2026-03-31.',
    });
  }
  return { name: text, from, to };
}

function boundary(text: string, timezone: string, end: 0 | 1): Instant | null | undefined {
  if (text === '') return null;
  const days = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/.test(text) ? wholeOf(text) : undefined;
  return days === undefined ? findInstant(text, timezone) : midnight(days[end], timezone);
}

function midnight(date: string, timezone: string): Instant {
  const instant = findInstant(date, timezone);
  if (instant === undefined) throw unknown(date);
  return instant;
}

function unknown(text: string): ReferralError {
  return new ReferralError('usage', `--period: "${text}" is not a period`, {
    hint: 'Write all, today, week, month, year, 30d, 2026, 2026-03, 2026-03-01 or 2026-03-01..2026-03-31.',
  });
}
