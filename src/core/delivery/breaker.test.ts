import { describe, expect, it } from 'vitest';
import { seeded } from '../../../test/servers/seeded.ts';
import type { Random } from '../random.ts';
import { createBreaker } from './breaker.ts';
import type { DeliverResult } from './transport.ts';

const NOW = 1_790_000_000_000;

function drawing(next: () => number): Random {
  return { bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)) };
}

function waiting(milliseconds: number): DeliverResult {
  const halt = { kind: 'wait', milliseconds, reason: '429' } as const;
  return { outcomes: [{ kind: 'unsent', error: '429', countsAsAttempt: false }], halt };
}

function pauseAfter(result: DeliverResult, next: () => number): number {
  const breaker = createBreaker('launch', drawing(next));
  breaker.record(result, NOW);
  return breaker.resumeAt - NOW;
}

describe('the breaker', () => {
  it('waits as long as it was told and up to a quarter longer, five seconds at most', () => {
    expect(pauseAfter(waiting(2_000), () => 0)).toBe(2_000);
    expect(pauseAfter(waiting(2_000), () => 0.9999)).toBeCloseTo(2_500, 0);
    expect(pauseAfter(waiting(600_000), () => 0)).toBe(600_000);
    expect(pauseAfter(waiting(600_000), () => 0.9999)).toBeCloseTo(605_000, 0);
  });

  it('lets a hundred senders that were told the same come back at a hundred different times', () => {
    const next = seeded(7);
    const pauses = Array.from({ length: 100 }, () => pauseAfter(waiting(10_000), next));
    expect(new Set(pauses).size).toBe(100);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...pauses)).toBeLessThan(12_500);
    // A quarter of them in each quarter of the time, about.
    for (const from of [10_000, 10_625, 11_250, 11_875]) {
      const there = pauses.filter((pause) => pause >= from && pause < from + 625);
      expect(there.length).toBeGreaterThan(10);
    }
  });

  it('comes back to a provider that could not be reached at different times, too', () => {
    const unreachable: DeliverResult = { outcomes: [], halt: { kind: 'unreachable', reason: 'no route' } };
    expect(pauseAfter(unreachable, () => 0)).toBe(500);
    expect(pauseAfter(unreachable, () => 0.9999)).toBeCloseTo(625, 0);
  });

  it('gives up after twenty waits in a row, and not when something was accepted in between', () => {
    const breaker = createBreaker(
      'launch',
      drawing(() => 0.5),
    );
    let now = NOW;
    const wait = (): void => {
      breaker.record(waiting(10), now);
      now = breaker.resumeAt;
    };
    for (let count = 0; count < 20; count += 1) wait();
    expect(breaker.failure).toBeUndefined();
    breaker.record({ outcomes: [{ kind: 'accepted', messageId: null }] }, now);
    for (let count = 0; count < 20; count += 1) wait();
    expect(breaker.failure).toBeUndefined();
    wait();
    expect(breaker.failure).toMatchObject({ code: 'provider_unreachable' });
  });
});
