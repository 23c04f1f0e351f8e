import type { Instant } from '../time.ts';
import {
  NUMBER_BYTES,
  parseInstantAt,
  readTime,
  writeInstant,
  writeTime,
  writeWhole,
} from './binary-numbers.ts';
import type { CopyValue } from './copy-text.ts';

/*
 * Rows in the binary format of PostgreSQL's COPY (its manual on COPY, "Binary Format"): after a header, each row is a count of columns and, for
 * each, its length and its value; a count of -1 stands at the end. Neither side has to spell or read numbers and times as text,
 * which costs both more than the rest.
 */

// `PGCOPY` and its end marks, no flags, no more header.
export const COPY_HEADER = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);
const HIGH_WORD = 2 ** 32;
/** Bytes of a text that is likely to come again. */
const SHORT = 16;
const FIRST_BEYOND_ASCII = 0x80;
/** The version of the binary form of `jsonb`. */
export const JSON_VERSION = 1;
/** The most bytes of UTF-8 that one unit of a text becomes. */
const MOST_PER_UNIT = 3;

/** Where an instant is spelt on its way from or to a text: longer than any. */
const spelt = Buffer.alloc(32);

/** What a column is: `integer` is `bigint`, `time` is `timestamptz`, `json` is `jsonb`. */
export type BinaryType = 'integer' | 'text' | 'time' | 'json';

/**
 * The rows of a whole COPY, so many at a time; a row has its values under the names of `columns`, in their order. Throws `RangeError` for an integer
 * beyond what JavaScript counts exactly.
 */
export function* readBinaryRows<Row>(
  bytes: Buffer,
  columns: Readonly<Record<string, BinaryType>>,
  size: number,
): Generator<Row[]> {
  const names = Object.keys(columns);
  const readers = Object.values(columns).map(createReader);
  // A copy has its places for values at once; one that is filled from nothing moves again and again.
  const empty: Record<string, CopyValue> = {};
  for (const name of names) empty[name] = null;
  let rows: Row[] = [];
  let at = COPY_HEADER.length;
  while (bytes.readInt16BE(at) !== -1) {
    const row = { ...empty };
    at += 2;
    for (let column = 0; column < names.length; column += 1) {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length === -1) continue;
      row[names[column] ?? ''] = readers[column]?.(bytes, at, length) ?? null;
      at += length;
    }
    rows.push(row as Row);
    if (rows.length < size) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

type ReadValue = (bytes: Buffer, at: number, length: number) => CopyValue;

function createReader(type: BinaryType): ReadValue {
  switch (type) {
    case 'text':
      return createTextReader();
    case 'time':
      return createTimeReader();
    case 'json':
      return (bytes, at, length) => bytes.toString('utf8', at + 1, at + length);
    default:
      return readInteger;
  }
}

// In columns of short texts, as in those of some times, the same values come again and again: to compare costs less than to make a text.
function createTextReader(): ReadValue {
  let last = '';
  return (bytes, at, length) => {
    if (length > SHORT) return bytes.toString('utf8', at, at + length);
    if (!isSpeltAt(bytes, at, length, last)) last = bytes.toString('utf8', at, at + length);
    return last;
  };
}

/** Is this text of ASCII alone, and are these its bytes? */
function isSpeltAt(bytes: Buffer, at: number, length: number, text: string): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= FIRST_BEYOND_ASCII || unit !== bytes[at + index]) return false;
  }
  return true;
}

function createTimeReader(): ReadValue {
  let last = '';
  let lastTime = Number.NaN;
  return (bytes, at) => {
    const time = readTime(bytes, at);
    if (time !== lastTime) last = spelt.toString('latin1', 0, writeInstant(spelt, 0, time));
    lastTime = time;
    return last;
  };
}

function readInteger(bytes: Buffer, at: number): number {
  const value = bytes.readInt32BE(at) * HIGH_WORD + bytes.readUInt32BE(at + 4);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is beyond what JavaScript counts exactly`);
  return value;
}

/** Rows on their way to a COPY. */
export interface BinaryRows {
  /** Adds a row, its values in the order of the columns. Throws `RangeError` for a time that is none. */
  add(values: readonly CopyValue[]): void;
  isEmpty(): boolean;
  /** Bytes of the rows since the last time. */
  length(): number;
  /** All that COPY is to read for the rows since the last time; the bytes stay until rows are added again. */
  finish(): Buffer;
}

/** Writes rows with columns of these types. `size` is how many bytes of rows it holds at first. */
export function createBinaryRows(types: readonly BinaryType[], size: number): BinaryRows {
  let bytes = Buffer.allocUnsafeSlow(COPY_HEADER.length + size);
  let view = viewOf(bytes);
  let to = COPY_HEADER.length;
  let lastInstant: Instant = '';
  let lastTime = Number.NaN;
  COPY_HEADER.copy(bytes);

  function makeRoom(needed: number): void {
    if (to + needed <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (to + needed));
    bytes.copy(larger, 0, 0, to);
    bytes = larger;
    view = viewOf(bytes);
  }

  // Whole days and the time of the import itself come again and again.
  function parseTime(instant: Instant): number {
    if (instant === lastInstant) return lastTime;
    lastTime = parseInstantAt(spelt, 0, spelt.write(instant, 0, 'latin1'));
    if (Number.isNaN(lastTime)) throw new RangeError(`"${instant}" is no time`);
    lastInstant = instant;
    return lastTime;
  }

  function writeNumber(value: CopyValue, type: 'integer' | 'time'): void {
    view.setInt32(to, NUMBER_BYTES);
    to += 4;
    to =
      type === 'time' ? writeTime(view, to, parseTime(String(value))) : writeWhole(view, to, Number(value));
  }

  function writeText(text: string, type: 'text' | 'json'): void {
    makeRoom(5 + text.length * MOST_PER_UNIT);
    const start = to + 4;
    to = start;
    if (type === 'json') {
      bytes[to] = JSON_VERSION;
      to += 1;
    }
    to += bytes.write(text, to, 'utf8');
    view.setInt32(start - 4, to - start);
  }

  return {
    add(values) {
      makeRoom(2 + types.length * (4 + NUMBER_BYTES));
      view.setInt16(to, types.length);
      to += 2;
      for (let column = 0; column < types.length; column += 1) {
        const value = values[column] ?? null;
        const type = types[column] ?? 'text';
        if (value === null) {
          makeRoom(4);
          view.setInt32(to, -1);
          to += 4;
        } else if (type === 'text' || type === 'json') writeText(String(value), type);
        else {
          makeRoom(4 + NUMBER_BYTES);
          writeNumber(value, type);
        }
      }
    },
    isEmpty: () => to === COPY_HEADER.length,
    length: () => to - COPY_HEADER.length,
    finish() {
      makeRoom(COPY_TRAILER.length);
      COPY_TRAILER.copy(bytes, to);
      const whole = bytes.subarray(0, to + COPY_TRAILER.length);
      to = COPY_HEADER.length;
      return whole;
    },
  };
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
