import { GrowingBytes } from '../growing-bytes.ts';

// Columns repeat themselves: so many values of each are kept, if they are no longer than this.
const MOST = 10_000;
const LONGEST = 100;
// More than `MOST`, so that a search ends soon; a power of two.
const PLACES = 16_384;

/** What some cells became, found by their bytes. */
export class ByteMemory {
  /** The cells and their values. */
  readonly kept = new GrowingBytes(new ArrayBuffer(0));
  /** Where in `kept` a cell begins, where its value begins and where that ends, by number. */
  readonly #cells: number[] = [];
  readonly #values: number[] = [];
  readonly #ends: number[] = [];
  /** At the place that a cell's bytes point to or the next free one: its number and 1. */
  #places = new Int32Array(0);

  /** The number of a cell; -1 when it is not known. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > LONGEST) return -1;
    let place = placeOf(bytes, start, end);
    while (true) {
      const number = (this.#places[place] ?? 0) - 1;
      if (number === -1 || this.#isCell(number, bytes, start, end)) return number;
      place = (place + 1) & (PLACES - 1);
    }
  }

  /** Keeps the value of a cell that is not known, in byte text, as long as there is room: gives its number or -1. */
  add(bytes: Uint8Array, start: number, end: number, value: string): number {
    if (end - start > LONGEST || this.#cells.length >= MOST) return -1;
    if (this.#places.length === 0) this.#places = new Int32Array(PLACES);
    let place = placeOf(bytes, start, end);
    while (this.#places[place] !== 0) place = (place + 1) & (PLACES - 1);
    this.#cells.push(this.kept.length);
    this.kept.addBytes(bytes, start, end);
    this.#values.push(this.kept.length);
    this.kept.addByteText(value);
    this.#ends.push(this.kept.length);
    this.#places[place] = this.#cells.length;
    return this.#cells.length - 1;
  }

  /** Where in `kept` the value of a cell begins. */
  startOf(number: number): number {
    return this.#values[number] ?? 0;
  }

  endOf(number: number): number {
    return this.#ends[number] ?? 0;
  }

  #isCell(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const kept = this.kept.bytes;
    let at = this.#cells[number] ?? 0;
    if ((this.#values[number] ?? 0) - at !== end - start) return false;
    for (let other = start; other < end; other += 1) {
      if (kept[at] !== bytes[other]) return false;
      at += 1;
    }
    return true;
  }
}

function placeOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  return (hash ^ (hash >>> 15)) & (PLACES - 1);
}
