import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchSizeFor, dropUnused, reserveTokens, type TokenBucket } from './token-bucket.ts';

/** Takes tokens at a moment, as a claim does. */
function take(bucket: TokenBucket, count: number, now: number, busySince?: number) {
  return reserveTokens(dropUnused(bucket, now, busySince), count);
}

/**
 * Sends `total` mails as fast as the bucket lets `senders` of them, in batches that cost `cost` milliseconds and
 * `perMail` for each mail; gives the mails per second.
 */
function simulate(rate: number, senders: number, total: number, cost = 20, perMail = 0): number {
  let bucket: TokenBucket = { rate, nextFreeAt: 0 };
  const clocks = new Array<number>(senders).fill(1_000_000);
  const leaves: number[] = [];
  let busySince: number | undefined;
  let last = 0;
  for (let sent = 0; sent < total; sent += last) {
    const earliest = clocks.indexOf(Math.min(...clocks));
    const now = clocks[earliest] ?? 0;
    const available = dropUnused(bucket, now, busySince);
    last = batchSizeFor(available, 100, now);
    const reservation = reserveTokens(available, last);
    bucket = reservation.bucket;
    const at = Math.max(now, reservation.at);
    leaves.push(at);
    clocks[earliest] = at + cost + perMail * last;
    busySince ??= clocks[earliest];
  }
  return total / ((Math.max(...leaves) - Math.min(...leaves)) / 1_000 + last / rate);
}

describe('the token bucket', () => {
  it.each([
    [50, 1],
    [50, 4],
    [4_000, 4],
  ])('keeps %i mails per second with %i senders within 2 % over a minute', (rate, senders) => {
    expect(Math.abs(simulate(rate, senders, rate * 60) / rate - 1)).toBeLessThan(0.02);
  });

  it('keeps its rate when a batch takes longer than it is worth', () => {
    // A quarter of a second of 50/s would take 320 ms; larger batches carry the same cost.
    expect(Math.abs(simulate(50, 1, 3_000, 200, 10) / 50 - 1)).toBeLessThan(0.02);
  });

  it('never lets more leave within any time than its rate, what it makes up for and a batch', () => {
    const step = fc.record({
      sleep: fc.integer({ min: 0, max: 3_000 }),
      wanted: fc.integer({ min: 1, max: 100 }),
      busyFor: fc.integer({ min: 0, max: 5_000 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(1, 50, 5_000), fc.array(step, { maxLength: 200 }), (rate, steps) => {
        const left: { readonly at: number; readonly count: number }[] = [];
        let bucket: TokenBucket = { rate, nextFreeAt: 0 };
        let now = 1_000_000;
        for (const { sleep, wanted, busyFor } of steps) {
          now += sleep;
          const available = dropUnused(bucket, now, now - busyFor);
          const count = batchSizeFor(available, wanted, now);
          const reservation = reserveTokens(available, count);
          bucket = reservation.bucket;
          left.push({ at: Math.max(now, reservation.at), count });
        }
        for (const [index, { at }] of left.entries()) {
          let mails = 0;
          for (const later of left.slice(index)) {
            mails += later.count;
            // A second is made up for at most, and the last batch leaves whole.
            expect(mails).toBeLessThanOrEqual(rate * ((later.at - at) / 1_000 + 1) + later.count + 0.001);
          }
        }
      }),
    );
  });

  it('catches up with at most a second of delay', () => {
    const bucket: TokenBucket = { rate: 10, nextFreeAt: 1_000_000 };
    expect(take(bucket, 1, 1_000_600, 900_000).at).toBe(1_000_000);
    expect(take(bucket, 1, 1_009_000, 900_000).at).toBe(1_008_000);
    expect(take(bucket, 1, 1_000_600, 1_000_500).at).toBe(1_000_500);
  });

  it('does not make up for a pause by a burst', () => {
    const { bucket } = take({ rate: 10, nextFreeAt: 0 }, 10, 1_000_000);
    const { at } = take(bucket, 10, 9_000_000);
    expect(at).toBeGreaterThanOrEqual(9_000_000 - 50);
    expect(take(take(bucket, 10, 9_000_000).bucket, 1, 9_000_000).at).toBeGreaterThan(9_000_900);
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
          const reservation = take(bucket, count, now, 1_000_000);
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
    const sizeAt = (rate: number, now: number) => batchSizeFor({ rate, nextFreeAt: 1_000 }, 100, now);
    expect(batchSizeFor(undefined, 100, 0)).toBe(100);
    expect(sizeAt(40, 900)).toBe(10);
    expect(sizeAt(40, 1_500)).toBe(30);
    expect(sizeAt(1, 1_000)).toBe(1);
    expect(sizeAt(5_000, 1_000)).toBe(100);
  });
});
