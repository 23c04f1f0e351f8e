import { ReferralError } from '../errors.ts';
import { firstMomentOf, wallClockOf } from '../local-time.ts';

/** Spans of the local day, in minutes after midnight, half-open; one may run past midnight. */
export interface DaySpan {
  readonly from: number;
  readonly to: number;
  /** Days of the week on which it begins, 0 is Sunday; all of them when absent. */
  readonly days?: ReadonlySet<number>;
}

/** When a campaign may mail, by the clock of the recipient. */
export interface SendHours {
  /** Nobody is mailed in them. */
  readonly quiet: DaySpan | undefined;
  /** Nobody is mailed outside it. */
  readonly window: DaySpan | undefined;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const TIMES = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
// A week and a day of spans: after so many steps nothing new can come.
const MAX_STEPS = 24;

/** `21:00-08:00` → quiet hours. Throws `usage`. */
export function parseQuietHours(text: string): DaySpan {
  const span = findTimes(text);
  if (span !== undefined) return span;
  throw new ReferralError('usage', `--quiet-hours: "${text}" is not a span of the day`, {
    hint: 'Write two different times of day: 21:00-08:00.',
  });
}

/** `09:00-17:00`, `mon-fri 09:00-17:00`, `sat,sun 10:00-16:00` → a send window. Throws `usage`. */
export function parseSendWindow(text: string): DaySpan {
  const [, dayText, timeText = text] = /^([a-z,\s-]*[a-z])\s+(\S.*)$/i.exec(text.trim()) ?? [];
  const isWholeDay = /^0?0:00\s*-\s*24:00$/.test(timeText.trim());
  const span = isWholeDay ? { from: 0, to: 0 } : findTimes(timeText);
  const days = dayText === undefined ? undefined : findDays(dayText);
  if (span !== undefined && (dayText === undefined || days !== undefined)) {
    return days === undefined ? span : { ...span, days };
  }
  throw new ReferralError('usage', `--send-window: "${text}" is not a window`, {
    hint: 'Write days of the week, if not all, and two times of day: mon-fri 09:00-17:00.',
  });
}

/** The hours of a campaign. Throws `usage`. */
export function parseSendHours(quietHours: string | null, sendWindow: string | null): SendHours | undefined {
  if (quietHours === null && sendWindow === null) return undefined;
  return {
    quiet: quietHours === null ? undefined : parseQuietHours(quietHours),
    window: sendWindow === null ? undefined : parseSendWindow(sendWindow),
  };
}

/** Throws `usage` when the quiet hours cover the whole send window: nobody could ever be mailed. */
export function assertSomeHours(hours: SendHours | undefined): void {
  if (hours === undefined || Number.isFinite(findHoldEnd(hours, 'UTC', 0) ?? 0)) return;
  throw new ReferralError('usage', 'The quiet hours cover the whole send window: nobody could be mailed', {
    hint: 'Let them overlap only in part: --send-window 09:00-17:00 --quiet-hours 21:00-08:00.',
  });
}

/**
 * Until when a mail has to be held where the recipient lives, in milliseconds since the epoch, or undefined when it may
 * go at `epoch`. Spans begin and end by the clock on the wall: a night in which the clocks change is an hour shorter or
 * longer, as it is for the sleeper, and an hour that comes twice does not hold twice. Infinity: never.
 */
export function findHoldEnd(hours: SendHours, timezone: string, epoch: number): number | undefined {
  let at = epoch;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const next = findNext(hours, timezone, at);
    if (next === at) return at === epoch ? undefined : at;
    at = next;
  }
  return Number.POSITIVE_INFINITY;
}

/** When the hours close next after a moment at which a mail may go, in milliseconds since the epoch. */
export function findFreeEnd({ quiet, window }: SendHours, timezone: string, at: number): number {
  const quietStart = quiet === undefined ? Number.POSITIVE_INFINITY : findStart(quiet, timezone, at);
  const windowEnd = window === undefined ? undefined : findSpan(window, timezone, at)?.end;
  return Math.min(quietStart, windowEnd ?? Number.POSITIVE_INFINITY);
}

/** `at` itself when it is free, else the next moment that may be. */
function findNext({ quiet, window }: SendHours, timezone: string, at: number): number {
  const quietEnd = quiet === undefined ? undefined : findSpan(quiet, timezone, at)?.end;
  if (quietEnd !== undefined) return quietEnd;
  if (window === undefined || findSpan(window, timezone, at) !== undefined) return at;
  return findStart(window, timezone, at);
}

/** When the span around a moment began and ends. */
function findSpan(
  span: DaySpan,
  timezone: string,
  at: number,
): { readonly start: number; readonly end: number } | undefined {
  const today = Math.floor(wallClockOf(at, timezone) / DAY_MS) * DAY_MS;
  for (const midnight of span.from >= span.to ? [today, today - DAY_MS] : [today]) {
    if (!beginsOn(span, midnight)) continue;
    const start = firstMomentOf(midnight + span.from * MINUTE_MS, timezone);
    const endsOn = span.from >= span.to ? midnight + DAY_MS : midnight;
    const end = firstMomentOf(endsOn + span.to * MINUTE_MS, timezone);
    if (start <= at && at < end) return { start, end };
  }
  return undefined;
}

/** When the span begins next. */
function findStart(span: DaySpan, timezone: string, at: number): number {
  const today = Math.floor(wallClockOf(at, timezone) / DAY_MS) * DAY_MS;
  for (let midnight = today; midnight <= today + 8 * DAY_MS; midnight += DAY_MS) {
    if (!beginsOn(span, midnight)) continue;
    const start = firstMomentOf(midnight + span.from * MINUTE_MS, timezone);
    if (start > at) return start;
  }
  return Number.POSITIVE_INFINITY;
}

function beginsOn({ days }: DaySpan, midnight: number): boolean {
  return days === undefined || days.has(new Date(midnight).getUTCDay());
}

function findTimes(text: string): DaySpan | undefined {
  const [, fromHour, fromMinute, toHour, toMinute] = TIMES.exec(text.trim()) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  const isTime = (minutes: number, minute: string | undefined): boolean =>
    minutes <= 1_440 && Number(minute) < 60;
  if (!isTime(from, fromMinute) || !isTime(to, toMinute) || from % 1_440 === to % 1_440) return undefined;
  return { from: from % 1_440, to: to % 1_440 };
}

function findDays(text: string): ReadonlySet<number> | undefined {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [first = -1, last = first] = part
      .split('-')
      .map((name) => WEEKDAYS.indexOf(name.trim().slice(0, 3)));
    if (first < 0 || last < 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return days;
}
