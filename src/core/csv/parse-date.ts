import { findInstant, type Instant } from '../time.ts';
import { findMonth } from './month-names.ts';

export type DateOrder = 'dmy' | 'mdy';

const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const YEAR_FIRST = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ]+(.+))?$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:,?\s+(.+))?$/;
// With a weekday before it or not: `1 juli 2015`, `1er juillet 2015`, `1 de julio de 2015`, `01-JUL-15`; `July 1st, 2015`; `2015-Jul-01`.
const DAY_MONTH =
  /^(?:\p{L}+\.?,?\s+)?(\d{1,2})(?:\.|st|nd|rd|th|er|º)?[-\s/]+(?:de\s+)?(\p{L}+)\.?,?[-\s/]+(?:del?\s+)?(\d{4}|\d{2})(?:,?\s+(.+))?$/iu;
const MONTH_DAY =
  /^(?:\p{L}+\.?,?\s+)?(\p{L}+)\.?[-\s/]+(\d{1,2})(?:st|nd|rd|th)?,?[-\s/]+(\d{4})(?:,?\s+(.+))?$/iu;
const YEAR_MONTH = /^(\d{4})[-\s/](\p{L}+)\.?[-\s/](\d{1,2})(?:,?\s+(.+))?$/u;
// Days since 1899-12-30, as a spreadsheet counts; from 1950 to 2099, so that no other number is taken for a date.
const SERIAL = /^\d{5}(?:[.,]\d+)?$/;
const SERIAL_MIN = 18_264;
const SERIAL_MAX = 73_050;
const SERIAL_EPOCH = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;
// POSIX strptime: 69 to 99 are of the last century.
const PIVOT = 69;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?$/i;

export type DateProblem = 'ambiguous' | 'not_a_date';

/**
 * A date or time as exports write it → an `Instant`: ISO 8601, `20130821`, `2013/08/21`, `21-08-2013`, `21.08.2013 14:30`, `8/21/2013 2:30 PM`,
 * `21 août 2013`, `Aug 21, 2013`, and Excel's `41507`.
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
  if (yearLast === null) return parseNamedMonth(trimmed, timezone) ?? parseSerial(trimmed, timezone);
  const [, first = '', separator, second = '', year, time] = yearLast;
  const decided = orderOf(first, second, separator ?? '') ?? order;
  if (decided === undefined)
    return first === second ? instantOf(year, first, second, time, timezone) : 'ambiguous';
  const [month, day] = decided === 'dmy' ? [second, first] : [first, second];
  return instantOf(year, month, day, time, timezone);
}

/** Can this be read both day first and month first? */
export function isAmbiguousDate(text: string): boolean {
  const match = YEAR_LAST.exec(text.trim());
  return (
    match !== null &&
    match[1] !== match[3] &&
    orderOf(match[1] ?? '', match[3] ?? '', match[2] ?? '') === undefined
  );
}

/** The order of day and month that a column's values give away, or undefined when none does or they disagree. */
export function decideDateOrder(values: Iterable<string>): DateOrder | undefined {
  let decided: DateOrder | undefined;
  for (const value of values) {
    const order = findDateOrder(value);
    if (order === undefined) continue;
    if (decided !== undefined && decided !== order) return undefined;
    decided = order;
  }
  return decided;
}

/** The order of day and month that one value gives away. */
export function findDateOrder(value: string): DateOrder | undefined {
  const match = YEAR_LAST.exec(value.trim());
  return match === null ? undefined : orderOf(match[1] ?? '', match[3] ?? '', match[2] ?? '');
}

/** A number above 12 can't be a month; dots are written day first everywhere. */
function orderOf(first: string, second: string, separator: string): DateOrder | undefined {
  if (Number(first) > 12) return 'dmy';
  if (Number(second) > 12) return 'mdy';
  return separator === '.' ? 'dmy' : undefined;
}

function parseNamedMonth(text: string, timezone: string): Instant | DateProblem | undefined {
  const [, day, name = '', year = '', time] = DAY_MONTH.exec(text) ?? [];
  const month = findMonth(name);
  if (month !== undefined) return instantOf(fullYear(year), month, day?.padStart(2, '0'), time, timezone);
  const [, first = '', second, lastYear, after] = MONTH_DAY.exec(text) ?? [];
  const firstMonth = findMonth(first);
  if (firstMonth !== undefined)
    return instantOf(lastYear, firstMonth, second?.padStart(2, '0'), after, timezone);
  const [, firstYear, middle = '', last, rest] = YEAR_MONTH.exec(text) ?? [];
  const middleMonth = findMonth(middle);
  return middleMonth === undefined
    ? undefined
    : instantOf(firstYear, middleMonth, last?.padStart(2, '0'), rest, timezone);
}

function fullYear(year: string): string {
  if (year.length === 4) return year;
  return Number(year) < PIVOT ? `20${year}` : `19${year}`;
}

/** A spreadsheet knows no zone: its days are those of `timezone`. */
function parseSerial(text: string, timezone: string): Instant | DateProblem {
  if (!SERIAL.test(text)) return 'not_a_date';
  const serial = Number(text.replace(',', '.'));
  if (serial < SERIAL_MIN || serial >= SERIAL_MAX) return 'not_a_date';
  const seconds = Math.round((serial * DAY_MS) / 1_000);
  const local = new Date(SERIAL_EPOCH + seconds * 1_000).toISOString();
  return findInstant(local.replace('Z', ''), timezone) ?? 'not_a_date';
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
