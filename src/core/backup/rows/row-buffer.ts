import { GrowingBytes } from '../../growing-bytes.ts';
import { releaseBytes } from '../../release-bytes.ts';
import type { Allocate } from './row-text.ts';

/** A text that is put together as bytes. */
export class RowBuffer extends GrowingBytes {
  constructor(size: number) {
    super(new ArrayBuffer(size));
  }

  /** Adds bytes of another buffer, often many. */
  override addBytes(source: Buffer, start = 0, end = source.length): void {
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
