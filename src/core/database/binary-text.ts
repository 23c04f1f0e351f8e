import type { GrowingBytes } from '../growing-bytes.ts';
import type { Instant } from '../time.ts';
import { NUMBER_BYTES, parseInstantAt, writeTime, writeWhole } from './binary-numbers.ts';
import { type BinaryType, JSON_VERSION } from './binary-rows.ts';

/*
 * Values of COPY's binary format (see `binary-rows.ts`) as byte text, a character for each byte: see `toByteText`. Spelt so, a value that comes again
 * is spelt once.
 */
export const BINARY_NULL = '\u00ff\u00ff\u00ff\u00ff';

// Where a value is put together.
const bytes = Buffer.alloc(32);
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** A text, from its UTF-8 as byte text. */
export function binaryText(text: string): string {
  return spellLength(text.length) + text;
}

/** A JSON text, from its UTF-8 as byte text. */
export function binaryJson(text: string): string {
  return spellLength(text.length + 1) + String.fromCharCode(JSON_VERSION) + text;
}

/** A whole number, or its decimal digits. */
export function binaryInteger(value: number | string): string {
  writeWhole(view, 0, Number(value));
  return spellLength(NUMBER_BYTES) + bytes.toString('latin1', 0, NUMBER_BYTES);
}

/** A time. Throws `RangeError` where it is none. */
export function binaryTime(instant: Instant): string {
  const time = parseInstantAt(bytes, 0, bytes.write(instant, 0, 'latin1'));
  if (Number.isNaN(time)) throw new RangeError(`"${instant}" is no time`);
  writeTime(view, 0, time);
  return spellLength(NUMBER_BYTES) + bytes.toString('latin1', 0, NUMBER_BYTES);
}

/** How many values a row has, which stands before them. */
export function binaryCount(values: number): string {
  return String.fromCharCode(values >>> 8, values & 0xff);
}

/** Any value of a type. */
export function binaryValue(type: BinaryType, value: string): string {
  switch (type) {
    case 'integer':
      return binaryInteger(value);
    case 'time':
      return binaryTime(value);
    case 'json':
      return binaryJson(value);
    default:
      return binaryText(value);
  }
}

/** Writes what comes before a text of so many bytes. */
export function openBinaryText(out: GrowingBytes, size: number): void {
  out.addByte(size >>> 24);
  out.addByte(size >>> 16);
  out.addByte(size >>> 8);
  out.addByte(size);
}

/** Writes what comes before a JSON text of so many bytes. */
export function openBinaryJson(out: GrowingBytes, size: number): void {
  openBinaryText(out, size + 1);
  out.addByte(JSON_VERSION);
}

export function addBinaryInteger(out: GrowingBytes, value: number): void {
  openBinaryText(out, NUMBER_BYTES);
  writeWhole(view, 0, value);
  out.addBytes(bytes, 0, NUMBER_BYTES);
}

function spellLength(length: number): string {
  return String.fromCharCode(length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
}
