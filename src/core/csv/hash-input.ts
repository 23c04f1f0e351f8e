import { createHash } from 'node:crypto';
import { type CsvInput, toBytes } from './csv-input.ts';

/** An input that is hashed as it is read. */
export interface HashedInput extends AsyncIterable<Uint8Array> {
  destroy(): unknown;
  /** SHA-256 of all bytes, in hexadecimal, once the input has ended. */
  sha256(): string;
}

/** Hashes an input on its way to who reads it. It may be read once. */
export function hashInput(input: CsvInput): HashedInput {
  const hash = createHash('sha256');
  let ended = false;

  async function* listPieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of input) {
      const bytes = toBytes(piece);
      hash.update(bytes);
      yield bytes;
    }
    ended = true;
  }

  return {
    [Symbol.asyncIterator]: listPieces,
    destroy: () => input.destroy(),
    sha256() {
      if (!ended) throw new TypeError('the hash of a file is known at its end');
      return hash.copy().digest('hex');
    },
  };
}
