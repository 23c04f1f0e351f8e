/*
 * SQLite's binary form of JSON (https://sqlite.org/jsonb.html), as far as rows of texts and numbers need it. Databases keep JSON in this form, so
 * that later versions of SQLite go on reading it. Written here, a batch of rows reaches SQLite without being parsed there.
 * All of it is byte text: a character for each byte, see `toByteText`.
 */
import { digitsOf, type GrowingBytes } from '../growing-bytes.ts';

export const JSONB_NULL = '\0';

const INTEGER = 3;
const RAW_TEXT = 10;
const ARRAY = 11;
// Sizes up to this fit beside the type; beyond, the first half of the byte says how many bytes hold the size.
const SMALL = 11;
const ONE_BYTE = 12;
const TWO_BYTES = 13;
const FOUR_BYTES = 14;

/** How long the header of an array is that `jsonbArrayHeader` makes. */
export const JSONB_ARRAY_HEADER = 5;

/** A text, from its UTF-8 as byte text. */
export function jsonbText(bytes: string): string {
  return header(RAW_TEXT, bytes.length) + bytes;
}

/** A whole number, or its decimal digits. */
export function jsonbInteger(value: number | string): string {
  const digits = String(value);
  return header(INTEGER, digits.length) + digits;
}

/** An array of values that are in this form, or of the first `count`. */
export function jsonbArray(values: readonly string[], count = values.length): string {
  let content = '';
  for (let index = 0; index < count; index += 1) content += values[index];
  return header(ARRAY, content.length) + content;
}

/** Writes what comes before a text of so many bytes. */
export function openJsonbText(out: GrowingBytes, size: number): void {
  writeHeader(out, RAW_TEXT, size);
}

/** Writes a whole number from 0. */
export function addJsonbInteger(out: GrowingBytes, value: number): void {
  writeHeader(out, INTEGER, digitsOf(value));
  out.addDigits(value);
}

/** Writes what comes before an array whose values take so many bytes. */
export function openJsonbArray(out: GrowingBytes, size: number): void {
  writeHeader(out, ARRAY, size);
}

function writeHeader(out: GrowingBytes, type: number, size: number): void {
  if (size <= SMALL) out.addByte((size << 4) | type);
  else if (size < 0x1_00) {
    out.addByte((ONE_BYTE << 4) | type);
    out.addByte(size);
  } else out.addByteText(header(type, size));
}

/** The header of an array of `size` bytes, always of the same length, so that it can be written after what follows it. */
export function jsonbArrayHeader(size: number): Uint8Array {
  const bytes = new Uint8Array(JSONB_ARRAY_HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, (FOUR_BYTES << 4) | ARRAY);
  view.setUint32(1, size);
  return bytes;
}

function header(type: number, size: number): string {
  if (size <= SMALL) return String.fromCharCode((size << 4) | type);
  if (size < 0x1_00) return String.fromCharCode((ONE_BYTE << 4) | type, size);
  if (size < 0x1_00_00) return String.fromCharCode((TWO_BYTES << 4) | type, size >> 8, size & 0xff);
  return String.fromCharCode(
    (FOUR_BYTES << 4) | type,
    size >>> 24,
    (size >>> 16) & 0xff,
    (size >>> 8) & 0xff,
    size & 0xff,
  );
}

/** The rows of an array of arrays that was made here. */
export function parseJsonbRows(bytes: Uint8Array): (string | number | null)[][] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return listElements(buffer, 0, buffer.length)
    .flatMap(({ from, to }) => listElements(buffer, from, to))
    .map(({ from, to }) =>
      listElements(buffer, from, to).map((element) => {
        const text = buffer.toString('utf8', element.from, element.to);
        if (element.type === RAW_TEXT) return text;
        return element.type === INTEGER ? Number(text) : null;
      }),
    );
}

interface Element {
  readonly type: number;
  /** Where its content is. */
  readonly from: number;
  readonly to: number;
}

function listElements(buffer: Buffer, start: number, end: number): Element[] {
  const elements: Element[] = [];
  for (let at = start; at < end; ) {
    const first = buffer[at] ?? 0;
    const size = first >> 4;
    const sizeBytes = size <= SMALL ? 0 : 1 << (size - ONE_BYTE);
    const from = at + 1 + sizeBytes;
    const to = from + (sizeBytes === 0 ? size : buffer.readUIntBE(at + 1, sizeBytes));
    elements.push({ type: first & 0xf, from, to });
    at = to;
  }
  return elements;
}
