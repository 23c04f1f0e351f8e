import { INSTANT_BYTES, parseInstantAt, writeTime, writeWhole } from '../../database/binary-numbers.ts';
import { COPY_HEADER, COPY_TRAILER } from '../../database/binary-rows.ts';
import type { ColumnType } from '../archive-tables.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const NEWLINE = 0x0a;
const MINUS = 0x2d;
const ZERO = 0x30;
const LETTER_N = 0x6e;
const LETTER_U = 0x75;
const LETTER_L = 0x6c;
const NULL_BYTES = 4;
const EMPTY = Buffer.alloc(0);
// As many digits are counted exactly, whatever they are.
const EXACT_DIGITS = 15;
// The most that a cell takes beyond what it takes in JSON: its length, and eight bytes for one digit.
const CELL_BYTES = 12;
/** The character after a backslash in JSON, and what it stands for. */
const ESCAPES = new Map([
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
  [SLASH, SLASH],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/** Thrown for a value that its column has no room for, as a number beyond 64 bits. */
export class UnfitValue extends Error {}

/**
 * Turns rows as lines of JSON arrays of texts, numbers and nulls into rows of PostgreSQL's COPY in its binary format (its manual on COPY, "Binary Format"), which
 * the server takes as they are. Nothing is made for a row or a cell. Throws `SyntaxError` for bytes that are no such rows, and `UnfitValue`.
 */
export class CopyEncoder {
  readonly #types: readonly ColumnType[];
  #raw: Buffer = EMPTY;
  #at = 0;
  #out: Buffer = EMPTY;
  #view = viewOf(EMPTY);
  #to = 0;

  constructor(types: readonly ColumnType[]) {
    this.#types = types;
  }

  /** What comes before the rows, and after them. */
  static readonly header = COPY_HEADER;
  static readonly trailer = COPY_TRAILER;

  encode(raw: Buffer): Buffer {
    this.#raw = raw;
    this.#at = 0;
    this.#to = 0;
    this.#grow(raw.length + raw.length / 4);
    while (this.#at < raw.length) this.#writeRow();
    const encoded = this.#out.subarray(0, this.#to);
    // Whoever sends it keeps it.
    this.#raw = EMPTY;
    this.#out = EMPTY;
    return encoded;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.ceil(size));
    this.#out.copy(larger, 0, 0, this.#to);
    this.#out = larger;
    this.#view = viewOf(larger);
  }

  #writeRow(): void {
    const end = this.#raw.indexOf(NEWLINE, this.#at);
    if (end === -1 || this.#raw[this.#at] !== OPEN)
      throw new SyntaxError(`there is no row at byte ${this.#at}`);
    const count = this.#types.length;
    const most = this.#to + end - this.#at + 2 + count * CELL_BYTES;
    if (most > this.#out.length) this.#grow(most * 2);
    this.#view.setInt16(this.#to, count);
    this.#to += 2;
    for (let place = 0; place < count; place += 1) {
      this.#at += 1;
      this.#writeCell(this.#types[place], end);
      const expected = place === count - 1 ? CLOSE : COMMA;
      if (this.#raw[this.#at] !== expected) throw new SyntaxError(`a cell does not end at byte ${this.#at}`);
    }
    this.#at += 1;
    if (this.#at !== end) throw new SyntaxError(`a row does not end at byte ${this.#at}`);
    this.#at = end + 1;
  }

  #writeCell(type: ColumnType | undefined, end: number): void {
    if (this.#raw[this.#at] === LETTER_N) this.#writeNull();
    else if (type === 'text') this.#writeText(end);
    else if (type === 'time') this.#writeTime();
    else if (type === 'json') this.#writeDocument(end);
    else if (type === 'real') this.#writeReal();
    else this.#writeInteger(type === 'flag');
  }

  #writeNull(): void {
    const raw = this.#raw;
    const at = this.#at;
    if (raw[at + 1] !== LETTER_U || raw[at + 2] !== LETTER_L || raw[at + 3] !== LETTER_L)
      throw new SyntaxError(`there is no value at byte ${at}`);
    this.#at += NULL_BYTES;
    this.#writeLength(-1);
  }

  #writeLength(length: number): void {
    this.#view.setInt32(this.#to, length);
    this.#to += 4;
  }

  #writeText(end: number): void {
    const lengthAt = this.#to;
    this.#to += 4;
    this.#writeCharacters(end);
    this.#view.setInt32(lengthAt, this.#to - lengthAt - 4);
  }

  // The first byte is the version of the binary form of `jsonb`, which is 1.
  #writeDocument(end: number): void {
    const lengthAt = this.#to;
    this.#out[lengthAt + 4] = 1;
    this.#to += 5;
    this.#writeCharacters(end);
    this.#view.setInt32(lengthAt, this.#to - lengthAt - 4);
  }

  /** Writes what a string of JSON stands for. */
  #writeCharacters(end: number): void {
    const raw = this.#raw;
    const out = this.#out;
    let to = this.#to;
    let at = this.#at + 1;
    if (raw[this.#at] !== QUOTE) throw new SyntaxError(`there is no text at byte ${this.#at}`);
    for (let byte = raw[at]; byte !== QUOTE; byte = raw[at]) {
      if (at >= end || byte === undefined) throw new SyntaxError('a text breaks off');
      if (byte === BACKSLASH) {
        at += 1;
        byte = ESCAPES.get(raw[at] ?? 0);
        if (byte === undefined) {
          this.#writeParsed(end);
          return;
        }
      }
      out[to] = byte;
      to += 1;
      at += 1;
    }
    this.#at = at + 1;
    this.#to = to;
  }

  // `\u001f`: rare, so JSON's own reader may do it.
  #writeParsed(end: number): void {
    const raw = this.#raw;
    let at = this.#at + 1;
    while (at < end && raw[at] !== QUOTE) at += raw[at] === BACKSLASH ? 2 : 1;
    const text = JSON.parse(raw.toString('utf8', this.#at, at + 1)) as string;
    this.#to += this.#out.write(text, this.#to, 'utf8');
    this.#at = at + 1;
  }

  #writeTime(): void {
    const raw = this.#raw;
    const start = this.#at + 1;
    const usual = start + INSTANT_BYTES;
    const close = raw[usual] === QUOTE ? usual : raw.indexOf(QUOTE, start);
    const milliseconds = raw[this.#at] === QUOTE ? parseInstantAt(raw, start, close) : Number.NaN;
    if (Number.isNaN(milliseconds)) throw new UnfitValue(`there is no time at byte ${this.#at}`);
    this.#writeLength(8);
    this.#to = writeTime(this.#view, this.#to, milliseconds);
    this.#at = close + 1;
  }

  #writeInteger(isFlag: boolean): void {
    const raw = this.#raw;
    const start = this.#at;
    const isNegative = raw[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    let at = first;
    let value = 0;
    for (let digit = (raw[at] ?? 0) - ZERO; digit >= 0 && digit <= 9; digit = (raw[at] ?? 0) - ZERO) {
      value = value * 10 + digit;
      at += 1;
    }
    if (at === first) throw new SyntaxError(`there is no integer at byte ${start}`);
    this.#at = at;
    if (isNegative) value = -value;
    if (isFlag) this.#writeFlag(value);
    else if (at - first > EXACT_DIGITS) this.#writeLong(BigInt(raw.toString('latin1', start, at)));
    else this.#writeWords(value);
  }

  #writeFlag(value: number): void {
    if (value < -0x8000 || value > 0x7fff) throw new UnfitValue(`${value} is no flag`);
    this.#writeLength(2);
    this.#view.setInt16(this.#to, value);
    this.#to += 2;
  }

  #writeWords(value: number): void {
    this.#writeLength(8);
    this.#to = writeWhole(this.#view, this.#to, value);
  }

  #writeLong(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new UnfitValue(`${value} has more than 64 bits`);
    this.#writeLength(8);
    this.#view.setBigInt64(this.#to, value);
    this.#to += 8;
  }

  #writeReal(): void {
    const raw = this.#raw;
    let at = this.#at;
    while (raw[at] !== COMMA && raw[at] !== CLOSE && at < raw.length) at += 1;
    const value = JSON.parse(raw.toString('latin1', this.#at, at)) as unknown;
    if (typeof value !== 'number') throw new SyntaxError(`there is no number at byte ${this.#at}`);
    this.#writeLength(8);
    this.#view.setFloat64(this.#to, value);
    this.#to += 8;
    this.#at = at;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
