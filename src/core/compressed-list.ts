import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** A list of JSON values that is written once and read as often as needed. */
export interface CompressedList<T> {
  add(value: T): void;
  list(): Generator<T>;
}

const CHUNK = 262_144;

/** Keeps its values compressed, a few bytes for each of many that look alike: a million fit beside other work. */
export function createCompressedList<T>(): CompressedList<T> {
  const chunks: Uint8Array[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') chunks.push(zstdCompressSync(text));
    text = '';
  };
  return {
    add(value) {
      text += `${JSON.stringify(value)}\n`;
      if (text.length > CHUNK) flush();
    },
    *list() {
      flush();
      for (const chunk of chunks) {
        for (const line of zstdDecompressSync(chunk).toString().split('\n')) {
          if (line !== '') yield JSON.parse(line) as T;
        }
      }
    },
  };
}
