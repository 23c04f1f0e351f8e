import { releaseBytes } from '../../release-bytes.ts';
import type { Allocate } from './row-text.ts';

/** A text that is put together as bytes. Who writes into `bytes` reserves room first. */
export class RowBuffer {
  bytes: Buffer;
  length = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  addByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  /** Adds a text of which each character is a byte. */
  add(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  /** Adds bytes of another buffer. */
  addBytes(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    source.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  /** Gives its memory back: nothing is to be added any more. */
  release(): void {
    releaseBytes(this.bytes);
  }

  /** Gives away a copy of the first bytes; those after them stay. */
  takeFirst(length: number, allocate: Allocate): Buffer {
    const taken = allocate(length);
    this.bytes.copy(taken, 0, 0, length);
    this.bytes.copyWithin(0, length, this.length);
    this.length -= length;
    return taken;
  }
}
