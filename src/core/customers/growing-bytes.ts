/** Bytes that texts are appended to. */
export interface GrowingBytes {
  append(text: string): void;
  length(): number;
  finish(): Uint8Array<ArrayBuffer>;
}

export interface GrowingOptions {
  /** `latin1` for byte text; `utf16le` for any text, at two bytes a character. */
  readonly encoding: 'latin1' | 'utf16le';
  /** How many bytes are left free at the beginning. */
  readonly from?: number;
  /** Memory to use as long as it is enough. */
  readonly spare?: ArrayBuffer | undefined;
}

const FIRST_BYTES = 1_048_576;

/** Bytes in memory that can go to another thread. */
export function growBytes({ encoding, from = 0, spare }: GrowingOptions): GrowingBytes {
  const width = encoding === 'latin1' ? 1 : 2;
  let bytes = spare === undefined ? Buffer.allocUnsafeSlow(FIRST_BYTES) : Buffer.from(spare);
  let length = from;

  function append(text: string): void {
    const needed = length + width * text.length;
    if (needed > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, needed));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    length += bytes.write(text, length, encoding);
  }

  return { append, length: () => length, finish: () => new Uint8Array(bytes.buffer, 0, length) };
}
