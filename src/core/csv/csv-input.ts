/** Bytes in pieces. A piece may be gone once the next one is asked for. */
export interface CsvInput extends AsyncIterable<unknown> {
  destroy(): unknown;
}

/** A piece of an input; streams of text give strings. */
export function toBytes(piece: unknown): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece) : (piece as Uint8Array);
}
