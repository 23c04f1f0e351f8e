import { createHash, createHmac, hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;
const LONGEST = 4_096;

/** HMAC-SHA256 (RFC 2104) of a text, as hex digits or as one character per byte. */
export type KeyedHash = (text: string, encoding: 'hex' | 'binary') => string;

/**
 * The keyed hash of one secret, over pads that are made once: a plan hashes a million addresses, and making a new HMAC
 * for each costs more than the hashing.
 */
export function createKeyedHash(secret: string): KeyedHash {
  const key = keyBlock(secret);
  const inner = Buffer.alloc(BLOCK + LONGEST);
  inner.set(key.map((byte) => byte ^ 0x36));
  const outer = Buffer.alloc(BLOCK + DIGEST);
  outer.set(key.map((byte) => byte ^ 0x5c));
  return (text, encoding) => {
    // A character takes at most three bytes for each of its code units.
    if (text.length * 3 > LONGEST) return createHmac('sha256', secret).update(text).digest(encoding);
    const length = inner.write(text, BLOCK);
    outer.write(hash('sha256', inner.subarray(0, BLOCK + length), 'binary'), BLOCK, 'binary');
    return hash('sha256', outer, encoding);
  };
}

function keyBlock(secret: string): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const bytes = Buffer.from(secret);
  block.set(bytes.length > BLOCK ? createHash('sha256').update(bytes).digest() : bytes);
  return block;
}
