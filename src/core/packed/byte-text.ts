import { GrowingBytes } from '../growing-bytes.ts';

const CHUNK = 256 * 1024;

/** A text that is put together as UTF-8 and handed on in chunks. */
export class ByteText extends GrowingBytes {
  constructor() {
    super(new ArrayBuffer(CHUNK * 2));
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
