import { toInstant } from '../../time.ts';
import type { RowBuffer } from './row-buffer.ts';

const EPOCH_2000_MS = 946_684_800_000;
const DAY_MS = 86_400_000;
// 0001-01-01 and 10000-01-01: years of four digits.
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_800_000;
const ZERO = 0x30;
const COLON = 0x3a;
const DOT = 0x2e;
const QUOTE = 0x22;

// Rows that follow one another are mostly of the same day.
let knownDay = Number.NaN;
const knownDate = Buffer.alloc(11);

/** Writes a `timestamptz` in PostgreSQL's binary form, microseconds since 2000, as an `Instant` in quotes. */
export function writeInstant(out: RowBuffer, bytes: Buffer, at: number): void {
  const milliseconds = readMilliseconds(bytes, at) + EPOCH_2000_MS;
  out.reserve(32);
  if (!(milliseconds >= FIRST_MS && milliseconds < LAST_MS)) {
    out.length += out.bytes.write(`"${toInstant(milliseconds)}"`, out.length, 'latin1');
    return;
  }
  const day = Math.floor(milliseconds / DAY_MS);
  if (day !== knownDay) {
    knownDate.write(`${toInstant(day * DAY_MS).slice(0, 10)}T`, 'latin1');
    knownDay = day;
  }
  const { bytes: target, length } = out;
  target[length] = QUOTE;
  for (let digit = 0; digit < 11; digit += 1) target[length + 1 + digit] = knownDate[digit] ?? 0;
  writeTime(target, length + 12, milliseconds - day * DAY_MS);
  out.length = length + 26;
}

// `09:00:00.120Z"`
function writeTime(target: Buffer, at: number, ofDay: number): void {
  const seconds = (ofDay / 1_000) | 0;
  const minutes = (seconds / 60) | 0;
  writeTwo(target, at, (minutes / 60) | 0);
  target[at + 2] = COLON;
  writeTwo(target, at + 3, minutes % 60);
  target[at + 5] = COLON;
  writeTwo(target, at + 6, seconds % 60);
  target[at + 8] = DOT;
  const thousandths = ofDay - seconds * 1_000;
  target[at + 9] = ZERO + ((thousandths / 100) | 0);
  writeTwo(target, at + 10, thousandths % 100);
  target[at + 12] = 0x5a;
  target[at + 13] = QUOTE;
}

function writeTwo(target: Buffer, at: number, value: number): void {
  const tens = (value / 10) | 0;
  target[at] = ZERO + tens;
  target[at + 1] = ZERO + value - tens * 10;
}

// A number holds microseconds exactly for 285 years around 2000; beyond, only milliseconds fit.
function readMilliseconds(bytes: Buffer, at: number): number {
  const high = bytes.readInt32BE(at);
  if (high > -2_097_152 && high < 2_097_151) {
    return Math.floor((high * 0x1_0000_0000 + bytes.readUInt32BE(at + 4)) / 1_000);
  }
  return Number(bytes.readBigInt64BE(at) / 1_000n);
}
