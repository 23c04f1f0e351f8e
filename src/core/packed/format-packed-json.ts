import { parseAttributes } from '../customers/parse-attributes.ts';
import { ByteText } from './byte-text.ts';
import { findAttributes } from './find-attributes.ts';
import type { PackedField, PackedRows } from './packed-rows.ts';
import { writeHundredths } from './write-hundredths.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const NULL = Buffer.from('null');
const EMPTY = Buffer.alloc(0);
// Bytes that stand in a JSON text as they are.
const PLAIN = new Uint8Array(256).fill(1, 0x20);
for (const character of '"\\') PLAIN[character.charCodeAt(0)] = 0;

/**
 * Packed rows as JSON objects, a line each: an array of them, or NDJSON. The same bytes as `JSON.stringify` gives for the rows as
 * objects; each chunk is valid until the next is asked for.
 */
export async function* formatPackedJson(
  fields: readonly PackedField[],
  rows: AsyncIterable<PackedRows>,
  format: 'json' | 'ndjson',
): AsyncGenerator<Buffer> {
  const out = new ByteText();
  const keys = fields.map(({ key }, index) =>
    Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(key)}:`),
  );
  const [first, between, last] = (format === 'json' ? ['[\n', ',\n', ''] : ['', '', '\n']).map((text) =>
    Buffer.from(text),
  );
  let any = false;
  for await (const packed of rows) {
    for (let row = 0; row < packed.rows; row += 1) {
      out.addBytes((any ? between : first) ?? EMPTY);
      any = true;
      writeObject(out, fields, keys, packed, row * fields.length * 2);
      out.addBytes(last ?? EMPTY);
      if (out.isFull) yield out.take();
    }
  }
  if (format === 'json') out.addText(any ? '\n]\n' : '[]\n');
  yield out.take();
}

function writeObject(
  out: ByteText,
  fields: readonly PackedField[],
  keys: readonly Buffer[],
  { bytes, places }: PackedRows,
  base: number,
): void {
  for (let index = 0; index < fields.length; index += 1) {
    out.addBytes(keys[index] ?? EMPTY);
    const start = places[base + index * 2] ?? 0;
    const end = places[base + index * 2 + 1] ?? -1;
    if (end === -1) {
      out.addBytes(NULL);
      continue;
    }
    switch (fields[index]?.kind) {
      case 'integer':
        out.addBytes(bytes, start, end);
        break;
      case 'hundredths':
        out.addByte(QUOTE);
        writeHundredths(out, bytes, start, end);
        out.addByte(QUOTE);
        break;
      case 'attributes':
        writeAttributes(out, bytes, start, end);
        break;
      default:
        writeText(out, bytes, start, end);
    }
  }
  out.addByte(CLOSE);
}

function writeText(out: ByteText, bytes: Buffer, start: number, end: number): void {
  out.reserve(end - start + 2);
  const target = out.bytes;
  let to = out.length;
  target[to] = QUOTE;
  to += 1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (PLAIN[byte] === 0) {
      out.addText(JSON.stringify(bytes.toString('utf8', start, end)));
      return;
    }
    target[to] = byte;
    to += 1;
  }
  target[to] = QUOTE;
  out.length = to + 1;
}

const found: number[] = [];

function writeAttributes(out: ByteText, bytes: Buffer, start: number, end: number): void {
  const count = findAttributes(bytes, start, end, found);
  if (count === -1 || !isInOrder(bytes, count)) {
    out.addText(JSON.stringify(parseAttributes(bytes.toString('utf8', start, end))));
    return;
  }
  for (let at = 0; at < count; at += 4) {
    out.addByte(at === 0 ? OPEN : COMMA);
    writeText(out, bytes, found[at] ?? 0, found[at + 1] ?? 0);
    out.addByte(COLON);
    writeText(out, bytes, found[at + 2] ?? 0, found[at + 3] ?? 0);
  }
  if (count === 0) out.addByte(OPEN);
  out.addByte(CLOSE);
}

// Ascending names that begin with an ASCII letter: `JSON.parse` puts names of digits first, and sorts by UTF-16 units, not by bytes.
function isInOrder(bytes: Buffer, count: number): boolean {
  for (let at = 0; at < count; at += 4) {
    const name = bytes.subarray(found[at], found[at + 1]);
    if ((name[0] ?? 0) < 0x41 || name.some((byte) => byte >= 0x80)) return false;
    if (at > 0 && Buffer.compare(bytes.subarray(found[at - 4], found[at - 3]), name) >= 0) return false;
  }
  return true;
}
