import { parseTimestamp } from '../database/postgres-types.ts';
import type { PackedField, PackedRows } from './packed-rows.ts';

const HEADER_BYTES = 19;
const INSTANT_BYTES = 24;
const SPACE = 0x20;
const DOT = 0x2e;
const PLUS = 0x2b;
const ZERO = 0x30;
const HYPHEN = 0x2d;

export interface CopySplitter {
  /** The whole rows among the bytes that came so far; those of a row that goes on in the next chunk are kept. */
  split(chunk: Buffer): PackedRows;
}

/**
 * Takes apart what `COPY … TO STDOUT (FORMAT binary)` sends, every column selected as text: after a header, each row is a count of
 * columns and, for each, its length and its bytes (PostgreSQL's manual on COPY, "Binary Format").
 */
export function createCopySplitter(fields: readonly PackedField[]): CopySplitter {
  const times = [...fields.keys()].filter((column) => fields[column]?.kind === 'time');
  let places = new Int32Array(8_192);
  let rest: Buffer = Buffer.alloc(0);
  let skip = HEADER_BYTES;

  return {
    split(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const odd = new OddTimes(bytes.length);
      let rows = 0;
      let at = skip;
      for (;;) {
        const place = rows * fields.length * 2;
        if (place + fields.length * 2 > places.length) places = grown(places);
        const next = readRow(bytes, at, fields.length, places, place);
        if (next === -1) break;
        for (const column of times) writeInstant(bytes, places, place + column * 2, odd);
        at = next;
        rows += 1;
      }
      rest = bytes.subarray(Math.min(at, bytes.length));
      skip = Math.max(at - bytes.length, 0);
      return { bytes: odd.appendedTo(bytes), places, rows };
    },
  };
}

/** Finds the cells of the row that begins at `at`; returns where the next one begins, or -1 when it is not whole or the end. */
function readRow(bytes: Buffer, at: number, columns: number, places: Int32Array, place: number): number {
  // A count of -1 stands at the end.
  if (at + 2 > bytes.length || bytes.readInt16BE(at) === -1) return -1;
  let next = at + 2;
  for (let column = 0; column < columns; column += 1) {
    if (next + 4 > bytes.length) return -1;
    const length = bytes.readInt32BE(next);
    const start = next + 4;
    next = start + Math.max(length, 0);
    if (next > bytes.length) return -1;
    places[place + column * 2] = start;
    places[place + column * 2 + 1] = length === -1 ? -1 : next;
  }
  return next;
}

/** Times that are too long to be written where they stood; they go behind the rows. */
class OddTimes {
  readonly #texts: Buffer[] = [];
  #end: number;

  constructor(end: number) {
    this.#end = end;
  }

  add(text: Buffer): { readonly start: number; readonly end: number } {
    const start = this.#end;
    this.#texts.push(text);
    this.#end += text.length;
    return { start, end: this.#end };
  }

  appendedTo(bytes: Buffer): Buffer {
    return this.#texts.length === 0 ? bytes : Buffer.concat([bytes, ...this.#texts]);
  }
}

/*
 * `2026-03-01 09:00:00.12+00` → `2026-03-01T09:00:00.120Z`, in the same place: an instant has 24 bytes, the shortest time of the
 * server 22, and the four bytes of the length before it are read already.
 */
function writeInstant(bytes: Buffer, places: Int32Array, index: number, odd: OddTimes): void {
  const start = places[index] ?? 0;
  const end = places[index + 1] ?? -1;
  if (end === -1) return;
  const digits = end - start === 22 ? 0 : end - start - 23;
  if (!isUsual(bytes, start, end)) {
    const place = odd.add(Buffer.from(parseTimestamp(bytes.toString('latin1', start, end))));
    places[index] = place.start;
    places[index + 1] = place.end;
    return;
  }
  const to = Math.min(start, end - INSTANT_BYTES);
  bytes.copyWithin(to, start, start + 19);
  bytes[to + 10] = 0x54;
  bytes[to + 19] = DOT;
  bytes.fill(ZERO, to + 20 + digits, to + 23);
  bytes[to + 23] = 0x5a;
  places[index] = to;
  places[index + 1] = to + INSTANT_BYTES;
}

// A year of four digits, a fraction of at most three, UTC.
function isUsual(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length < 22 || length > 26 || length === 23) return false;
  if (bytes[start + 4] !== HYPHEN || bytes[start + 10] !== SPACE) return false;
  return bytes[end - 3] === PLUS && bytes[end - 2] === ZERO && bytes[end - 1] === ZERO;
}

function grown(places: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(places.length * 2);
  larger.set(places);
  return larger;
}
