import { findInstant, type Instant } from '../time.ts';

export type DateOrder = 'dmy' | 'mdy';

const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const YEAR_FIRST = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ]+(.+))?$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:,?\s+(.+))?$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?$/i;

export type DateProblem = 'ambiguous' | 'not_a_date';

/**
 * A date or time as exports write it → an `Instant`: ISO 8601, `20130821`, `2013/08/21`, `21-08-2013`, `21.08.2013 14:30`, `8/21/2013 2:30 PM`.
 * Without a zone it is local to `timezone`. Where day and month could be either way round and `order` doesn't say, `ambiguous`.
 */
export function parseDate(text: string, order?: DateOrder, timezone = 'UTC'): Instant | DateProblem {
  const trimmed = text.trim();
  const iso = findInstant(trimmed, timezone);
  if (iso !== undefined) return iso;
  const compact = COMPACT.exec(trimmed);
  if (compact !== null) return instantOf(compact[1], compact[2], compact[3], undefined, timezone);
  const yearFirst = YEAR_FIRST.exec(trimmed);
  if (yearFirst !== null) return instantOf(yearFirst[1], yearFirst[2], yearFirst[3], yearFirst[4], timezone);
  const yearLast = YEAR_LAST.exec(trimmed);
  if (yearLast === null) return 'not_a_date';
  const [, first = '', separator, second = '', year, time] = yearLast;
  const decided = orderOf(first, second, separator ?? '') ?? order;
  if (decided === undefined)
    return first === second ? instantOf(year, first, second, time, timezone) : 'ambiguous';
  const [month, day] = decided === 'dmy' ? [second, first] : [first, second];
  return instantOf(year, month, day, time, timezone);
}

/** The order of day and month that a column's values give away, or undefined when none does or they disagree. */
export function decideDateOrder(values: Iterable<string>): DateOrder | undefined {
  let decided: DateOrder | undefined;
  for (const value of values) {
    const match = YEAR_LAST.exec(value.trim());
    const order = match === null ? undefined : orderOf(match[1] ?? '', match[3] ?? '', match[2] ?? '');
    if (order === undefined) continue;
    if (decided !== undefined && decided !== order) return undefined;
    decided = order;
  }
  return decided;
}

/** A number above 12 can't be a month; dots are written day first everywhere. */
function orderOf(first: string, second: string, separator: string): DateOrder | undefined {
  if (Number(first) > 12) return 'dmy';
  if (Number(second) > 12) return 'mdy';
  return separator === '.' ? 'dmy' : undefined;
}

function instantOf(
  year = '',
  month = '',
  day = '',
  time: string | undefined,
  timezone: string,
): Instant | DateProblem {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (time === undefined) return findInstant(date, timezone) ?? 'not_a_date';
  const [, hour = '', minute = '', second = '00', half] = TIME.exec(time.trim()) ?? [];
  if (hour === '') return findInstant(`${date}T${time.trim()}`, timezone) ?? 'not_a_date';
  return findInstant(`${date}T${hourOfDay(hour, half)}:${minute}:${second}`, timezone) ?? 'not_a_date';
}

function hourOfDay(hour: string, half: string | undefined): string {
  if (half === undefined) return hour.padStart(2, '0');
  const onClock = Number(hour) % 12;
  return String(half.toLowerCase().startsWith('p') ? onClock + 12 : onClock).padStart(2, '0');
}
