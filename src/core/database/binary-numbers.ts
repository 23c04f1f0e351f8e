import { toInstant } from '../time.ts';

/*
 * Numbers and times of PostgreSQL's binary formats, and how they are spelt here, byte by byte: a million of them pass without a string for each.
 */

const DAY_MS = 86_400_000;
const HIGH_WORD = 2 ** 32;
/** The length of a `bigint` and of a `timestamptz`. */
export const NUMBER_BYTES = 8;
// `2000-01-01T00:00:00Z`, where PostgreSQL's microseconds begin.
const EPOCH_MS = 946_684_800_000;
const ZERO = 0x30;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const POINT = 0x2e;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
/** The length of `2026-03-01T09:00:00.000Z`. */
export const INSTANT_BYTES = 24;
// The years that have four digits.
const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** A `timestamptz`, microseconds since 2000, in milliseconds since 1970. */
export function readTime(bytes: Buffer, at: number): number {
  const microseconds = bytes.readInt32BE(at) * HIGH_WORD + bytes.readUInt32BE(at + 4);
  // A number holds them exactly for 285 years around 2000.
  const milliseconds = Number.isSafeInteger(microseconds)
    ? Math.floor(microseconds / 1_000)
    : Number(bytes.readBigInt64BE(at) / 1_000n);
  return EPOCH_MS + milliseconds;
}

/** Writes a whole number that JavaScript counts exactly as a `bigint`; returns where it ends. */
export function writeWhole(bytes: DataView, to: number, value: number): number {
  const high = Math.floor(value / HIGH_WORD);
  bytes.setInt32(to, high);
  bytes.setUint32(to + 4, value - high * HIGH_WORD);
  return to + NUMBER_BYTES;
}

/** Writes milliseconds since 1970 as a `timestamptz`; returns where it ends. */
export function writeTime(bytes: DataView, to: number, milliseconds: number): number {
  const microseconds = (milliseconds - EPOCH_MS) * 1_000;
  if (Number.isSafeInteger(microseconds)) return writeWhole(bytes, to, microseconds);
  bytes.setBigInt64(to, BigInt(milliseconds - EPOCH_MS) * 1_000n);
  return to + NUMBER_BYTES;
}

/** Writes milliseconds since the epoch as an `Instant` at `to`; returns where it ends, 24 bytes on, or 27 beyond four digits of a year. */
export function writeInstant(bytes: Buffer, to: number, milliseconds: number): number {
  if (milliseconds < FIRST || milliseconds > LAST)
    return to + bytes.write(toInstant(milliseconds), to, 'latin1');
  const day = Math.floor(milliseconds / DAY_MS);
  writeDate(bytes, to, day);
  const time = milliseconds - day * DAY_MS;
  bytes[to + 10] = LETTER_T;
  writeDigits(bytes, to + 11, 2, (time / 3_600_000) | 0);
  bytes[to + 13] = COLON;
  writeDigits(bytes, to + 14, 2, ((time / 60_000) | 0) % 60);
  bytes[to + 16] = COLON;
  writeDigits(bytes, to + 17, 2, ((time / 1_000) | 0) % 60);
  bytes[to + 19] = POINT;
  writeDigits(bytes, to + 20, 3, time % 1_000);
  bytes[to + 23] = LETTER_Z;
  return to + 24;
}

/** The milliseconds since 1970 of an `Instant` from `from` up to, not including, `to`; NaN when there is none. */
export function parseInstantAt(bytes: Buffer, from: number, to: number): number {
  if (to - from !== INSTANT_BYTES) return parseLongInstant(bytes.toString('latin1', from, to));
  const date = readDate(bytes, from);
  const hours = readDigits(bytes, from + 11, 2);
  const minutes = readDigits(bytes, from + 14, 2);
  const seconds = readDigits(bytes, from + 17, 2);
  const milliseconds = readDigits(bytes, from + 20, 3);
  const isSpelt =
    bytes[from + 10] === LETTER_T &&
    bytes[from + 13] === COLON &&
    bytes[from + 16] === COLON &&
    bytes[from + 19] === POINT &&
    bytes[from + 23] === LETTER_Z;
  if (!isSpelt || hours > 23 || minutes > 59 || seconds > 59) return Number.NaN;
  return date + hours * 3_600_000 + minutes * 60_000 + seconds * 1_000 + milliseconds;
}

// Beyond four digits of a year: rare, and spelt by `toInstant`.
function parseLongInstant(text: string): number {
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && toInstant(milliseconds) === text ? milliseconds : Number.NaN;
}

/** The milliseconds since 1970 of the day that is spelt at `from`; NaN when there is none. */
function readDate(bytes: Buffer, from: number): number {
  const year = readDigits(bytes, from, 4);
  const month = readDigits(bytes, from + 5, 2);
  const day = readDigits(bytes, from + 8, 2);
  const isSpelt = bytes[from + 4] === HYPHEN && bytes[from + 7] === HYPHEN;
  if (!isSpelt || !(month >= 1 && month <= 12) || !(day >= 1 && day <= daysOf(year, month)))
    return Number.NaN;
  // Counted from the first of March of the year 0, where leap days come last.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (((month + (month > 2 ? -3 : 9)) * 153 + 2) / 5) | 0;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear + day - 1;
  return (era * 146_097 + dayOfEra - 719_468) * DAY_MS;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** So many decimal digits; NaN when one of them is none. */
function readDigits(bytes: Buffer, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The date of a day since the epoch, by counting from the first of March of the year 0, where leap days come last. */
function writeDate(bytes: Buffer, to: number, day: number): void {
  const days = day + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1_460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) |
    0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const shifted = ((5 * dayOfYear + 2) / 153) | 0;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  writeDigits(bytes, to, 4, yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
  bytes[to + 4] = HYPHEN;
  writeDigits(bytes, to + 5, 2, month);
  bytes[to + 7] = HYPHEN;
  writeDigits(bytes, to + 8, 2, dayOfYear - (((153 * shifted + 2) / 5) | 0) + 1);
}

/** Writes an integer of 64 bits, in two words, as decimal digits at `to`; returns where they end. */
export function writeInteger(bytes: Buffer, to: number, high: number, low: number): number {
  const value = high * HIGH_WORD + low;
  if (high !== 0 || value > 0x7fff_ffff) {
    const exact = Number.isSafeInteger(value) ? String(value) : String(joinWords(high, low));
    return to + bytes.write(exact, to, 'latin1');
  }
  let count = 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) count += 1;
  writeDigits(bytes, to, count, value);
  return to + count;
}

function joinWords(high: number, low: number): bigint {
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
}

function writeDigits(bytes: Buffer, to: number, count: number, value: number): void {
  let rest = value;
  for (let at = to + count - 1; at >= to; at -= 1) {
    const next = (rest / 10) | 0;
    bytes[at] = ZERO + rest - next * 10;
    rest = next;
  }
}
