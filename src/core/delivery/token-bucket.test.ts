import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchSizeFor, reserveTokens, type TokenBucket } from './token-bucket.ts';

/** Sends `total` mails as fast as the bucket lets `senders` of them, in batches; gives the seconds between first and last. */
function simulate(rate: number, senders: number, total: number): number {
  let bucket: TokenBucket = { rate, nextFreeAt: 0 };
  const clocks = new Array<number>(senders).fill(1_000_000);
  const batch = batchSizeFor(rate, 100);
  const leaves: number[] = [];
  for (let sent = 0; sent < total; sent += batch) {
    const earliest = clocks.indexOf(Math.min(...clocks));
    const now = clocks[earliest] ?? 0;
    const reservation = reserveTokens(bucket, batch, now);
    bucket = reservation.bucket;
    const at = Math.max(now, reservation.at);
    leaves.push(at);
    // A provider call takes 20 ms.
    clocks[earliest] = at + 20;
  }
  return (Math.max(...leaves) - Math.min(...leaves)) / 1_000;
}

describe('the token bucket', () => {
  it.each([
    [50, 1],
    [50, 4],
    [4_000, 4],
  ])('keeps %i mails per second with %i senders within 2 % over a minute', (rate, senders) => {
    const seconds = simulate(rate, senders, rate * 60);
    const actual = (rate * 60) / (seconds + batchSizeFor(rate, 100) / rate);
    expect(Math.abs(actual / rate - 1)).toBeLessThan(0.02);
  });

  it('does not make up for a pause by a burst', () => {
    const { bucket } = reserveTokens({ rate: 10, nextFreeAt: 0 }, 10, 1_000_000);
    const { at } = reserveTokens(bucket, 10, 9_000_000);
    expect(at).toBeGreaterThanOrEqual(9_000_000 - 50);
    expect(reserveTokens(reserveTokens(bucket, 10, 9_000_000).bucket, 1, 9_000_000).at).toBeGreaterThan(
      9_000_900,
    );
  });

  it('never gives out more than its rate allows, in whatever order it is asked', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 500 })), {
      minLength: 2,
      maxLength: 100,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), steps, (rate, asked) => {
        let bucket: TokenBucket = { rate, nextFreeAt: 0 };
        let now = 1_000_000;
        let before = 0;
        let first: number | undefined;
        for (const [count, pause] of asked) {
          now += pause;
          const reservation = reserveTokens(bucket, count, now);
          bucket = reservation.bucket;
          first ??= reservation.at;
          // What left before this batch fits into the time since the first one.
          expect(before).toBeLessThanOrEqual(((reservation.at - first) / 1_000) * rate + 1e-6);
          before += count;
        }
      }),
    );
  });

  it('keeps batches short enough for the rate to look even', () => {
    expect(batchSizeFor(undefined, 100)).toBe(100);
    expect(batchSizeFor(40, 100)).toBe(10);
    expect(batchSizeFor(1, 100)).toBe(1);
    expect(batchSizeFor(5_000, 100)).toBe(100);
  });
});
