import { toInstant } from '../time.ts';

/*
 * Numbers and times of PostgreSQL's binary formats, and how they are spelt here, byte by byte: a million of them pass without a string for each.
 */

const DAY_MS = 86_400_000;
const HIGH_WORD = 2 ** 32;
// `2000-01-01T00:00:00Z`, where PostgreSQL's microseconds begin.
const EPOCH_MS = 946_684_800_000;
const ZERO = 0x30;
const HYPHEN = 0x2d;
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

/** Writes milliseconds since the epoch as an `Instant` at `to`; returns where it ends, 24 bytes on, or 27 beyond four digits of a year. */
export function writeInstant(bytes: Buffer, to: number, milliseconds: number): number {
  if (milliseconds < FIRST || milliseconds > LAST)
    return to + bytes.write(toInstant(milliseconds), to, 'latin1');
  const day = Math.floor(milliseconds / DAY_MS);
  writeDate(bytes, to, day);
  const time = milliseconds - day * DAY_MS;
  bytes[to + 10] = 0x54;
  writeDigits(bytes, to + 11, 2, (time / 3_600_000) | 0);
  bytes[to + 13] = 0x3a;
  writeDigits(bytes, to + 14, 2, ((time / 60_000) | 0) % 60);
  bytes[to + 16] = 0x3a;
  writeDigits(bytes, to + 17, 2, ((time / 1_000) | 0) % 60);
  bytes[to + 19] = 0x2e;
  writeDigits(bytes, to + 20, 3, time % 1_000);
  bytes[to + 23] = 0x5a;
  return to + 24;
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
