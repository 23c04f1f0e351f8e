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

// How much of what a slow machine or provider has cost is made up for; more would look like a burst.
const CATCH_UP_MS = 1_000;

/**
 * The bucket without the tokens that nobody used. A sender that was `busySince` some time, in milliseconds since the
 * epoch, keeps up to a second's worth, so that its own delays don't slow it down; one that was not keeps 50 ms' worth,
 * so that a pause is not made up for by a burst.
 */
export function dropUnused(bucket: TokenBucket, now: number, busySince: number = now): TokenBucket {
  const oldest = Math.max(Math.min(busySince, now - BURST_MS), now - CATCH_UP_MS);
  return { rate: bucket.rate, nextFreeAt: Math.max(bucket.nextFreeAt, oldest) };
}

/** Takes `count` tokens: the mails may leave at the time returned and whoever comes next waits behind them. */
export function reserveTokens({ rate, nextFreeAt }: TokenBucket, count: number): Reservation {
  return { at: nextFreeAt, bucket: { rate, nextFreeAt: nextFreeAt + (count / rate) * 1_000 } };
}

/** How many mails to claim at once: those that are late, and at most a quarter of a second of the rate. */
export function batchSizeFor(bucket: TokenBucket | undefined, batchSize: number, now: number): number {
  if (bucket === undefined) return batchSize;
  const late = Math.max(0, now - bucket.nextFreeAt) / 1_000;
  return Math.max(1, Math.min(batchSize, Math.floor(bucket.rate * (late + 0.25))));
}
