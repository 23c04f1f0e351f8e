/**
 * Gives the memory of bytes back at once, which nobody may look at any more; only where they have it to themselves. The collector would let megabytes
 * of them gather, and look through everything that lives each time that it comes for them.
 */
export function releaseBytes({ buffer, byteOffset, byteLength }: Buffer): void {
  const isAlone = byteOffset === 0 && buffer.byteLength - byteLength <= SPARE_BYTES;
  if (isAlone && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

// What `decompress` has too much of.
const SPARE_BYTES = 1;
