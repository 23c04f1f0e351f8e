import { GrowingBytes } from '../growing-bytes.ts';
import type { RowForm } from './row-form.ts';

const FIRST_BYTES = 16_384;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The values of a row in the making, each somewhere in some bytes. */
export class PlainPlaces {
  /** Values of this row alone. */
  readonly own = new GrowingBytes(new ArrayBuffer(FIRST_BYTES));
  readonly #sources: Buffer[];
  readonly #starts: number[];
  readonly #ends: number[];

  constructor(count: number) {
    this.#sources = Array.from({ length: count }, () => Buffer.alloc(0));
    this.#starts = Array.from({ length: count }, () => 0);
    this.#ends = Array.from({ length: count }, () => 0);
  }

  /** Begins a row: its own values are gone. */
  begin(): void {
    this.own.length = 0;
  }

  set(place: number, source: Buffer, start: number, end: number): void {
    this.#sources[place] = source;
    this.#starts[place] = start;
    this.#ends[place] = end;
  }

  /** Sets a place to what was written into `own` from there on. */
  setOwn(place: number, start: number): void {
    this.set(place, this.own.bytes, start, this.own.length);
  }

  /** Sets a place to byte text. */
  setText(place: number, text: string): void {
    const start = this.own.length;
    this.own.addByteText(text);
    this.setOwn(place, start);
  }

  /** Sets a place to the value of another one. */
  copy(place: number, from: number): void {
    this.set(place, this.#source(from), this.#starts[from] ?? 0, this.#ends[from] ?? 0);
  }

  is(place: number, bytes: Buffer): boolean {
    const source = this.#source(place);
    return (
      this.#length(place) === bytes.length &&
      bytes.compare(source, this.#starts[place], this.#ends[place]) === 0
    );
  }

  /** As byte text. */
  textAt(place: number): string {
    return this.#source(place).toString('latin1', this.#starts[place], this.#ends[place]);
  }

  /** Sets a place to the object of the members in the places from `first` on, as far as there are any. */
  setObject(place: number, form: RowForm, first: number): void {
    const { own } = this;
    const start = own.length;
    form.openJson(own, this.#objectLength(first));
    own.addByte(OPEN);
    let isFirst = true;
    for (let member = first; member < this.#starts.length; member += 1) {
      if (this.#length(member) === 0) continue;
      if (!isFirst) own.addByte(COMMA);
      this.#append(own, member);
      isFirst = false;
    }
    own.addByte(CLOSE);
    this.setOwn(place, start);
  }

  #objectLength(first: number): number {
    let length = 1;
    for (let member = first; member < this.#starts.length; member += 1) {
      const size = this.#length(member);
      if (size > 0) length += size + 1;
    }
    return Math.max(length, 2);
  }

  /** Writes the row of the first `count` places behind what is there. */
  addRow(out: GrowingBytes, form: RowForm, count: number): void {
    let size = 0;
    for (let place = 0; place < count; place += 1) size += this.#length(place);
    form.openRow(out, count, size);
    for (let place = 0; place < count; place += 1) {
      if (place > 0 && form.separator !== undefined) out.addByte(form.separator);
      this.#append(out, place);
    }
    form.closeRow(out);
  }

  #append(out: GrowingBytes, place: number): void {
    out.addBytes(this.#source(place), this.#starts[place] ?? 0, this.#ends[place] ?? 0);
  }

  #length(place: number): number {
    return (this.#ends[place] ?? 0) - (this.#starts[place] ?? 0);
  }

  #source(place: number): Buffer {
    return this.#sources[place] ?? this.own.bytes;
  }
}
