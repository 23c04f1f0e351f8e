/** A bucket as the time at which its next token is free, in milliseconds since the epoch. */
export interface TokenBucket {
  /** Tokens per second, above 0. */
  readonly rate: number;
  readonly nextFreeAt: number;
}

export interface Reservation {
  /** When the reserved mails may leave. */
  readonly at: number;
  readonly bucket: TokenBucket;
}

// What a bucket that stood idle may give at once: enough to hide the granularity of timers, too little to show in a rate.
const BURST_MS = 50;

/**
 * Takes `count` tokens: the mails may leave at the time returned and whoever comes next waits behind them. Tokens not
 * used while idle are lost beyond 50 ms' worth, so that a pause is not made up for by a burst.
 */
export function reserveTokens(bucket: TokenBucket, count: number, now: number): Reservation {
  const at = Math.max(bucket.nextFreeAt, now - BURST_MS);
  return { at, bucket: { rate: bucket.rate, nextFreeAt: at + (count / bucket.rate) * 1_000 } };
}

/** How many mails to claim at once, so that a batch is at most a quarter of a second of the rate. */
export function batchSizeFor(rate: number | undefined, batchSize: number): number {
  if (rate === undefined) return batchSize;
  return Math.max(1, Math.min(batchSize, Math.floor(rate / 4)));
}
