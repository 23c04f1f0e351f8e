import { toNanoDays, toSerial, toSerialDay } from '../reports/xlsx/serial-date.ts';
import { inlineText } from '../reports/xlsx/workbook-parts.ts';
import type { ByteText } from './byte-text.ts';
import { endsPlain } from './write-csv-cell.ts';

const LONGEST_PLAIN = 32_767;
const UNDERLINE = 0x5f;
const SMALL_X = 0x78;
const ZERO = 0x30;
const DOT = 0x2e;
const SPACE = 0x20;
// Bytes that stand in XML as they are; the others begin signs that it does not take, or escapes.
const PLAIN = new Uint8Array(256).fill(1, SPACE, 0xf5);
for (const byte of [0x09, 0x0a]) PLAIN[byte] = 1;
for (const character of '&<>"') PLAIN[character.charCodeAt(0)] = 0;
for (const byte of [0xc0, 0xc1, 0xed, 0xef]) PLAIN[byte] = 0;
// Those that a text without blanks around it begins with: no wide blank does.
const FIRST = new Uint8Array(256).fill(1, SPACE + 1);
for (const byte of [0xc2, 0xe1, 0xe2, 0xe3, 0xef]) FIRST[byte] = 0;
const OPEN = Buffer.from('<is><t>');
const CLOSE = Buffer.from('</t></is>');

/** Writes a text as the inline text of a cell, as `inlineText` does; blanks within are kept without being told. */
export function writeInlineText(out: ByteText, bytes: Buffer, start: number, end: number): void {
  if (end - start <= LONGEST_PLAIN && isPlain(bytes, start, end)) {
    out.addBytes(OPEN);
    out.addBytes(bytes, start, end);
    out.addBytes(CLOSE);
  } else out.addText(inlineText(bytes.toString('utf8', start, end)));
}

function isPlain(bytes: Buffer, start: number, end: number): boolean {
  if (FIRST[bytes[start] ?? 0] === 0 || !endsPlain(bytes, start, end)) return false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (PLAIN[byte] === 0 || (byte === UNDERLINE && bytes[at + 1] === SMALL_X)) return false;
  }
  return true;
}

/** The day of the `Instant` that stands there as a workbook counts; undefined where `toSerial` has to decide. */
export function findSerialDay(bytes: Buffer, start: number, end: number): number | undefined {
  // Years of four digits, and nothing that is not an instant.
  if (end - start !== 24 || bytes[start + 4] !== 0x2d || bytes[end - 1] !== 0x5a) return undefined;
  return toSerialDay(numberAt(bytes, start, 4), numberAt(bytes, start + 5, 2), numberAt(bytes, start + 8, 2));
}

/** Writes the number of a day and the time of the instant that stands there. */
export function writeSerial(out: ByteText, day: number, bytes: Buffer, start: number): void {
  writeNumber(out, day);
  const hours = numberAt(bytes, start + 11, 2);
  const minutes = hours * 60 + numberAt(bytes, start + 14, 2);
  const seconds = minutes * 60 + numberAt(bytes, start + 17, 2);
  writeFraction(out, toNanoDays(seconds * 1_000 + numberAt(bytes, start + 20, 3)));
}

/** The same of a text that is no usual instant; undefined for what a workbook has no number for. */
export function findSerialText(bytes: Buffer, start: number, end: number): string | undefined {
  const serial = toSerial(bytes.toString('utf8', start, end));
  return serial === undefined ? undefined : String(serial);
}

function numberAt(bytes: Buffer, start: number, digits: number): number {
  let number = 0;
  for (let at = start; at < start + digits; at += 1) number = number * 10 + (bytes[at] ?? ZERO) - ZERO;
  return number;
}

/** Writes a whole number that is not negative. */
export function writeNumber(out: ByteText, number: number): void {
  let digits = 1;
  for (let power = 10; power <= number; power *= 10) digits += 1;
  writeDigits(out, number, digits);
}

// Billionths, without zeros at the end.
function writeFraction(out: ByteText, billionths: number): void {
  if (billionths === 0) return;
  out.addByte(DOT);
  let rest = billionths;
  let digits = 9;
  while (rest % 10 === 0) {
    rest /= 10;
    digits -= 1;
  }
  writeDigits(out, rest, digits);
}

function writeDigits(out: ByteText, number: number, digits: number): void {
  out.reserve(digits);
  let rest = number;
  for (let at = out.length + digits - 1; at >= out.length; at -= 1) {
    out.bytes[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  out.length += digits;
}
