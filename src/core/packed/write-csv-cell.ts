import { formatCsvCell } from '../csv/format-csv.ts';
import type { ByteText } from './byte-text.ts';

const PLUS = 0x2b;
// Bytes that may stand anywhere in a cell without quotes around it, and those that a cell may also begin with.
const PLAIN = new Uint8Array(256).fill(1);
const FIRST = new Uint8Array(256);
const PHONE = new Uint8Array(256);
for (const character of '",\r\n') PLAIN[character.charCodeAt(0)] = 0;
for (let byte = 0x21; byte < 256; byte += 1) FIRST[byte] = 1;
// Formulas, what looks escaped, and the first bytes of blanks and wide signs outside ASCII.
for (const character of `=+-@'`) FIRST[character.charCodeAt(0)] = 0;
const WIDE_BLANKS = new Uint8Array(256);
for (const byte of [0xe1, 0xe2, 0xe3, 0xef]) WIDE_BLANKS[byte] = 1;
for (const byte of [0xc2, 0xe1, 0xe2, 0xe3, 0xef]) FIRST[byte] = 0;
for (const character of '0123456789 ().') PHONE[character.charCodeAt(0)] = 1;

/** Writes a text as a cell of CSV as `formatCsvCell` does; most are copied byte by byte, the others go through that function. */
export function writeCsvCell(out: ByteText, bytes: Buffer, start: number, end: number, raw: boolean): void {
  if (start === end) return;
  out.reserve(end - start);
  if (beginsPlain(bytes, start, end) && endsPlain(bytes, start, end)) {
    const target = out.bytes;
    let to = out.length;
    let at = start;
    while (at < end) {
      const byte = bytes[at] ?? 0;
      if (PLAIN[byte] === 0) break;
      target[to] = byte;
      to += 1;
      at += 1;
    }
    if (at === end) {
      out.length = to;
      return;
    }
  }
  out.addText(formatCsvCell(bytes.toString('utf8', start, end), raw));
}

function beginsPlain(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] ?? 0;
  return FIRST[first] === 1 || (first === PLUS && isPhone(bytes, start + 1, end));
}

/** Is there no blank at the end, neither of ASCII nor one of two or three bytes? */
export function endsPlain(bytes: Buffer, start: number, end: number): boolean {
  const last = bytes[end - 1] ?? 0;
  if (last < 0x80) return last > 0x20;
  return bytes[Math.max(end - 2, start)] !== 0xc2 && WIDE_BLANKS[bytes[Math.max(end - 3, start)] ?? 0] === 0;
}

function isPhone(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] ?? 0;
  if (start === end || first < 0x30 || first > 0x39) return false;
  for (let at = start; at < end; at += 1) if (PHONE[bytes[at] ?? 0] === 0) return false;
  return true;
}
