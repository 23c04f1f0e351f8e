import type { RowBuffer } from './row-buffer.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const MINUS = 0x2d;
const LONG = 64;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const NEEDS_ESCAPE = /[\0-\x1f"\\]/;

/** Writes UTF-8 bytes as a JSON string, exactly as `JSON.stringify` does. */
export function writeJsonText(out: RowBuffer, bytes: Buffer, start: number, end: number): void {
  out.reserve((end - start) * 6 + 2);
  if (end - start > LONG) {
    writeLongText(out, bytes, start, end);
    return;
  }
  const target = out.bytes;
  let to = out.length;
  target[to] = QUOTE;
  to += 1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) {
      writeEscaped(out, bytes, start, end);
      return;
    }
    target[to] = byte;
    to += 1;
  }
  target[to] = QUOTE;
  out.length = to + 1;
}

function writeLongText(out: RowBuffer, bytes: Buffer, start: number, end: number): void {
  if (NEEDS_ESCAPE.test(bytes.toString('latin1', start, end))) {
    writeEscaped(out, bytes, start, end);
    return;
  }
  out.bytes[out.length] = QUOTE;
  bytes.copy(out.bytes, out.length + 1, start, end);
  out.length += end - start + 2;
  out.bytes[out.length - 1] = QUOTE;
}

// Byte text: what is escaped is ASCII, and all other bytes stay as they are.
function writeEscaped(out: RowBuffer, bytes: Buffer, start: number, end: number): void {
  const text = JSON.stringify(bytes.toString('latin1', start, end));
  out.length += out.bytes.write(text, out.length, 'latin1');
}

/** Writes a whole number that JavaScript counts exactly. */
export function writeInteger(out: RowBuffer, value: number): void {
  if (value < 0) out.addByte(MINUS);
  out.addDigits(Math.abs(value));
}
