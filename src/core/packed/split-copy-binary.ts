import { readTime, writeInstant, writeInteger } from '../database/binary-numbers.ts';
import type { PackedField, PackedKind, PackedRows } from './packed-rows.ts';

const HEADER_BYTES = 19;
export interface CopySplitter {
  /** The whole rows among the bytes that came so far; those of a row that goes on in the next chunk are kept. Valid until the next chunk. */
  split(chunk: Buffer): PackedRows;
}

/**
 * Takes apart what `COPY … TO STDOUT (FORMAT binary)` sends: after a header, each row is a count of columns and, for each, its length and its
 * value (PostgreSQL's manual on COPY, "Binary Format"). Texts stay where they are; times and numbers, which the server writes as text
 * with more effort than the rest together, come as integers and are spelt behind the rows.
 */
export function createCopySplitter(fields: readonly PackedField[]): CopySplitter {
  const kinds = fields.map(({ kind }) => kind);
  let places = new Int32Array(8_192);
  let bytes = Buffer.allocUnsafe(0);
  let rest = { start: 0, end: 0 };
  let skip = HEADER_BYTES;

  /** The rest of the last chunk, this one, and room for what is spelt: the twelve bytes of a value become 27 at most. */
  function gather(chunk: Buffer): number {
    const kept = rest.end - rest.start;
    const length = kept + chunk.length;
    const from = bytes;
    if (bytes.length < 4 * length) bytes = Buffer.allocUnsafe(4 * length);
    from.copy(bytes, 0, rest.start, rest.end);
    chunk.copy(bytes, kept);
    return length;
  }

  return {
    split(chunk) {
      const length = gather(chunk);
      const row: Row = { kinds, bytes, length, places, place: 0, spelt: length };
      let rows = 0;
      let at = skip;
      for (;;) {
        row.place = rows * kinds.length * 2;
        if (row.place + kinds.length * 2 > places.length) {
          places = grown(places);
          row.places = places;
        }
        const next = readRow(row, at);
        if (next === -1) break;
        at = next;
        rows += 1;
      }
      rest = { start: Math.min(at, length), end: length };
      skip = Math.max(at - length, 0);
      return { bytes, places, rows };
    },
  };
}

interface Row {
  readonly kinds: readonly PackedKind[];
  readonly bytes: Buffer;
  /** Of what came. */
  readonly length: number;
  places: Int32Array;
  /** Where the places of the row begin. */
  place: number;
  /** Where the next value is spelt. */
  spelt: number;
}

/** Finds the cells of the row that begins at `at`; returns where the next one begins, or -1 when it is not whole or the end. */
function readRow(row: Row, at: number): number {
  const { kinds, bytes, length, places } = row;
  // A count of -1 stands at the end.
  if (at + 2 > length || bytes.readInt16BE(at) === -1) return -1;
  let next = at + 2;
  for (let column = 0; column < kinds.length; column += 1) {
    const start = next + 4;
    if (start > length) return -1;
    const size = bytes.readInt32BE(next);
    next = start + Math.max(size, 0);
    if (next > length) return -1;
    const place = row.place + column * 2;
    places[place] = start;
    places[place + 1] = size === -1 ? -1 : next;
    if (size !== -1) spell(row, place, kinds[column] ?? 'text');
  }
  return next;
}

function spell(row: Row, place: number, kind: PackedKind): void {
  const { bytes, places } = row;
  const start = places[place] ?? 0;
  // The version of `jsonb`, before its text.
  if (kind === 'attributes') places[place] = start + 1;
  if (kind === 'text' || kind === 'attributes') return;
  places[place] = row.spelt;
  row.spelt =
    kind === 'time'
      ? writeInstant(bytes, row.spelt, readTime(bytes, start))
      : writeInteger(bytes, row.spelt, bytes.readInt32BE(start), bytes.readUInt32BE(start + 4));
  places[place + 1] = row.spelt;
}

function grown(places: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(places.length * 2);
  larger.set(places);
  return larger;
}
