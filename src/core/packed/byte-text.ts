const CHUNK = 256 * 1024;

/** A text that is put together as UTF-8 and handed on in chunks. Who writes into `bytes` reserves room first. */
export class ByteText {
  bytes: Buffer = Buffer.allocUnsafe(CHUNK * 2);
  length = 0;

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  /** Adds a text and makes its room itself. */
  add(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length);
  }

  addByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  /** Adds bytes, most often few: a loop is faster than a call into the runtime. */
  addBytes(bytes: Buffer, start = 0, end = bytes.length): void {
    this.reserve(end - start);
    const target = this.bytes;
    let to = this.length;
    for (let at = start; at < end; at += 1) {
      target[to] = bytes[at] ?? 0;
      to += 1;
    }
    this.length = to;
  }

  get isFull(): boolean {
    return this.length >= CHUNK;
  }

  /** What was added since the last time, valid until something is added again. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}
