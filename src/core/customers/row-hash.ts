/** Gives a whole number of 53 bits for a row, another one under other readings of the file. */
export interface RowHash {
  /** From the text of a row. In decimal digits, since JavaScript keeps the texts of many numbers that were ever spelt. */
  ofText(row: string): string;
  /** From its UTF-8. */
  ofBytes(row: Uint8Array): number;
}

/** `RowHash` for files that are read as told: `reading` is everything that, beside a row, decides what becomes of it. */
export type RowHashes = (reading: unknown) => RowHash;

// Raised when a row of the same text is to be read otherwise than by versions before.
const RULES = 1;
const BITS = 53;

/** Loads xxHash, which takes some milliseconds. It is fast and no secret: 53 bits of it tell the rows of a file apart, and hide nothing. */
export async function loadRowHashes(): Promise<RowHashes> {
  const { default: load } = await import('xxhash-wasm');
  const { h64, h64Raw } = await load();
  return (reading) => {
    const seed = h64(JSON.stringify([RULES, reading]));
    return {
      ofText: (row) => BigInt.asUintN(BITS, h64(row, seed)).toString(),
      ofBytes: (row) => Number(BigInt.asUintN(BITS, h64Raw(row, seed))),
    };
  };
}
