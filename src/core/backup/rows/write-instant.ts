import { readTime, writeInstant as writeInstantAt } from '../../database/binary-numbers.ts';
import type { RowBuffer } from './row-buffer.ts';

const QUOTE = 0x22;

/** Writes a `timestamptz` in PostgreSQL's binary form, microseconds since 2000, as an `Instant` in quotes. */
export function writeInstant(out: RowBuffer, bytes: Buffer, at: number): void {
  out.reserve(32);
  out.bytes[out.length] = QUOTE;
  const end = writeInstantAt(out.bytes, out.length + 1, readTime(bytes, at));
  out.bytes[end] = QUOTE;
  out.length = end + 1;
}
