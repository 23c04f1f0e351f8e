import type { ArchiveTable, ColumnType } from '../archive-tables.ts';
import { RowBuffer } from './row-buffer.ts';
import { type Allocate, CHUNK_BYTES, groupOf, type RowText } from './row-text.ts';
import { writeDocument } from './write-document.ts';
import { writeInstant } from './write-instant.ts';
import { writeInteger, writeJsonText } from './write-json-cell.ts';

const HEADER_BYTES = 19;
const EMPTY = Buffer.alloc(0);
// As long as most rows are at most.
const SEAM_BYTES = 1_024;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const NEWLINE = 0x0a;

/**
 * Makes chunks of a table with a numeric key out of what `COPY (…) TO STDOUT (FORMAT binary)` sends (PostgreSQL's manual on COPY, "Binary
 * Format"), every column in its own type, in the order of the key. No object is made for a row or a cell.
 */
export class CopyFormatter {
  readonly #types: readonly ColumnType[];
  readonly #keyAt: number;
  readonly #allocate: Allocate;
  readonly #out = new RowBuffer(CHUNK_BYTES + 64 * 1024);
  #rest: Buffer = EMPTY;
  #skip = HEADER_BYTES;
  #rows = 0;
  #group = 0;

  constructor({ columns, key }: ArchiveTable, allocate: Allocate) {
    this.#allocate = allocate;
    this.#types = columns.map(({ type }) => type);
    this.#keyAt = columns.findIndex(({ name }) => name === key[0]);
  }

  /** The chunks that these bytes complete; what goes on in the next ones is kept. */
  *push(chunk: Buffer): Generator<RowText> {
    let at = this.#skip;
    // Only the row that was broken off is put together, not all that follows it.
    for (let more = SEAM_BYTES; this.#rest.length > 0; more *= 4) {
      const before = this.#rest.length;
      const seam = Buffer.concat([this.#rest, chunk.subarray(0, more)]);
      const end = yield* this.#writeRows(seam, 0, 1);
      if (end > 0) {
        at = end - before;
        this.#rest = EMPTY;
      } else if (more >= chunk.length) {
        this.#rest = seam;
        return;
      }
    }
    at = yield* this.#writeRows(chunk, at, Number.POSITIVE_INFINITY);
    // What lives on is small: not the whole of what came.
    this.#rest = at < chunk.length ? Buffer.from(chunk.subarray(at)) : EMPTY;
    this.#skip = Math.max(at - chunk.length, 0);
  }

  /** Writes so many rows, or those that are whole; gives where the next one begins. */
  *#writeRows(bytes: Buffer, start: number, most: number): Generator<RowText, number> {
    let at = start;
    for (let count = 0; count < most; count += 1) {
      const row = this.#findRow(bytes, at);
      if (row === undefined) break;
      const group = groupOf(row.key);
      if (this.#rows > 0 && group !== this.#group) yield this.#take();
      this.#group = group;
      this.#writeRow(bytes, at + 2);
      this.#rows += 1;
      at = row.end;
      if (this.#out.length >= CHUNK_BYTES) yield this.#take();
    }
    return at;
  }

  /** The last chunk, when there is one. */
  *end(): Generator<RowText> {
    if (this.#rows > 0) yield this.#take();
  }

  /** Gives its memory back. */
  release(): void {
    this.#out.release();
  }

  #take(): RowText {
    const raw = this.#out.takeFirst(this.#out.length, this.#allocate);
    const taken = { raw, rows: this.#rows, group: this.#group };
    this.#rows = 0;
    return taken;
  }

  /** Where the row that begins at `at` ends, and its key; undefined when it is not whole or the end was reached. */
  #findRow(bytes: Buffer, at: number): { readonly end: number; readonly key: number } | undefined {
    // A count of -1 stands at the end.
    if (at + 2 > bytes.length || bytes.readInt16BE(at) === -1) return undefined;
    let end = at + 2;
    let key = 0;
    for (let column = 0; column < this.#types.length; column += 1) {
      if (end + 4 > bytes.length) return undefined;
      const length = Math.max(bytes.readInt32BE(end), 0);
      if (end + 4 + length > bytes.length) return undefined;
      if (column === this.#keyAt) key = readInteger(bytes, end + 4, length);
      end += 4 + length;
    }
    return { end, key };
  }

  #writeRow(bytes: Buffer, start: number): void {
    const out = this.#out;
    let at = start;
    let before = OPEN;
    for (const type of this.#types) {
      out.addByte(before);
      before = COMMA;
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length === -1) out.addByteText('null');
      else {
        writeCell(out, type, bytes, at, length);
        at += length;
      }
    }
    out.addByte(CLOSE);
    out.addByte(NEWLINE);
  }
}

function writeCell(out: RowBuffer, type: ColumnType, bytes: Buffer, at: number, length: number): void {
  if (type === 'text') writeJsonText(out, bytes, at, at + length);
  else if (type === 'time') writeInstant(out, bytes, at);
  else if (type === 'real') out.addByteText(JSON.stringify(bytes.readDoubleBE(at)));
  // The first byte is the version of the binary form, which is 1.
  else if (type === 'json') writeDocument(out, bytes, at + 1, at + length);
  else writeInteger(out, readInteger(bytes, at, length));
}

function readInteger(bytes: Buffer, at: number, length: number): number {
  if (length === 2) return bytes.readInt16BE(at);
  if (length === 4) return bytes.readInt32BE(at);
  const value = bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`${bytes.readBigInt64BE(at)} is beyond the integers that JavaScript counts exactly`);
  }
  return value;
}
