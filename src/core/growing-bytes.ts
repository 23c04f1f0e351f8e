const FIRST_BYTES = 1_048_576;
const ZERO = 0x30;
const LOW = 100_000_000;
const LOW_DIGITS = 8;

/** Bytes that others are added to, in memory that can go to another thread. Who writes into `bytes` reserves room first. */
export class GrowingBytes {
  bytes: Buffer<ArrayBuffer>;
  length: number;

  /** `spare` is memory to use as long as it is enough; `from` says how many bytes are left free at the beginning. */
  constructor(spare?: ArrayBuffer, from = 0) {
    this.bytes = spare === undefined ? Buffer.allocUnsafeSlow(FIRST_BYTES) : Buffer.from(spare);
    this.length = from;
  }

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, needed));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Adds byte text: see `toByteText`. */
  addByteText(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  /** Adds any text, in UTF-8. */
  addText(text: string): void {
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /** Adds bytes, most often few: a loop is faster than a call into the runtime. */
  addBytes(source: Uint8Array, start = 0, end = source.length): void {
    this.reserve(end - start);
    const target = this.bytes;
    let to = this.length;
    for (let at = start; at < end; at += 1) {
      target[to] = source[at] ?? 0;
      to += 1;
    }
    this.length = to;
  }

  addByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  /** Adds a whole number from 0 to 2^53 in decimal digits: `digitsOf` says how many. */
  addDigits(value: number): void {
    const digits = digitsOf(value);
    this.reserve(digits);
    const end = this.length + digits;
    if (digits <= LOW_DIGITS) writeDigits(this.bytes, this.length, end, value);
    else {
      const high = Math.floor(value / LOW);
      writeDigits(this.bytes, this.length, end - LOW_DIGITS, high);
      writeDigits(this.bytes, end - LOW_DIGITS, end, value - high * LOW);
    }
    this.length = end;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes.buffer, 0, this.length);
  }
}

/** How many decimal digits a whole number from 0 has. */
export function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; limit <= value; limit *= 10) digits += 1;
  return digits;
}

/** Numbers of 31 bits, which are the fast ones. */
function writeDigits(bytes: Buffer, start: number, end: number, value: number): void {
  let rest = value;
  for (let at = end - 1; at >= start; at -= 1) {
    const next = (rest / 10) | 0;
    bytes[at] = ZERO + (rest - next * 10);
    rest = next;
  }
}
