import { randomBytes } from 'node:crypto';

/** A source of unpredictable bytes; a test passes a seeded one. */
export interface Random {
  bytes(count: number): Uint8Array;
}

export const systemRandom: Random = { bytes: (count) => randomBytes(count) };
