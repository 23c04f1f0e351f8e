import { quoteDocument } from './quote-document.ts';
import type { RowBuffer } from './row-buffer.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const SPACE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LAST_ASCII = 0x7f;
const LAST = 0xff;
const UNKNOWN = -1;

/** Writes the bytes of a JSON document, as an engine gives them, as a JSON string of its canonical form (RFC 8785). */
export function writeDocument(out: RowBuffer, bytes: Buffer, start: number, end: number): void {
  out.reserve((end - start) * 2 + 2);
  const { length } = out;
  if (writeFlat(out, bytes, start, end)) return;
  out.length = length;
  out.addByteText(quoteDocument(bytes.toString('latin1', start, end)));
}

/** Objects of plain texts with their keys in order, as attributes mostly are: no text is made of them. Gives false for all others. */
function writeFlat(out: RowBuffer, bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== OPEN || bytes[start + 1] !== QUOTE) return false;
  put(out, QUOTE);
  put(out, OPEN);
  let before = UNKNOWN;
  for (let at = start + 1; ; ) {
    // Canonical order is that of UTF-16, which beyond ASCII is not the order of bytes.
    const keyEnd = writeText(out, bytes, at, end, LAST_ASCII);
    if (keyEnd === UNKNOWN || bytes[keyEnd] !== COLON || !isLess(bytes, before, at)) return false;
    before = at;
    put(out, COLON);
    at = writeText(out, bytes, skipSpace(bytes, keyEnd + 1), end, LAST);
    if (at === UNKNOWN) return false;
    const next = bytes[at];
    put(out, next ?? 0);
    if (next === CLOSE) {
      put(out, QUOTE);
      return at === end - 1;
    }
    if (next !== COMMA) return false;
    at = skipSpace(bytes, at + 1);
  }
}

function put(out: RowBuffer, byte: number): void {
  out.bytes[out.length] = byte;
  out.length += 1;
}

function skipSpace(bytes: Buffer, at: number): number {
  return bytes[at] === SPACE ? at + 1 : at;
}

/** Writes a text in quotes that needs no escapes; gives the place after it, or `UNKNOWN`. */
function writeText(out: RowBuffer, bytes: Buffer, start: number, end: number, most: number): number {
  if (bytes[start] !== QUOTE) return UNKNOWN;
  const target = out.bytes;
  let to = out.length;
  target[to] = BACKSLASH;
  target[to + 1] = QUOTE;
  to += 2;
  for (let at = start + 1; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      target[to] = BACKSLASH;
      target[to + 1] = QUOTE;
      out.length = to + 2;
      return at + 1;
    }
    if (byte === BACKSLASH || byte < SPACE || byte > most) return UNKNOWN;
    target[to] = byte;
    to += 1;
  }
  return UNKNOWN;
}

/** Does the text that begins with the quote at `one` come before that at `two`? What is `UNKNOWN` comes before all. */
function isLess(bytes: Buffer, one: number, two: number): boolean {
  if (one === UNKNOWN) return true;
  for (let at = 1; ; at += 1) {
    const first = bytes[one + at] ?? QUOTE;
    const second = bytes[two + at] ?? QUOTE;
    if (first === second && first !== QUOTE) continue;
    return second !== QUOTE && (first === QUOTE || first < second);
  }
}
