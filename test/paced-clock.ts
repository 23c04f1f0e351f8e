import { setImmediate as yieldOnce } from 'node:timers/promises';
import type { Clock } from '../src/core/clock.ts';
import type { Sleep } from '../src/core/delivery/pace.ts';
import { toInstant } from '../src/core/time.ts';

/** A clock that only the workers of a send loop move, by sleeping: a day of sending takes no time. */
export interface PacedClock extends Clock {
  readonly sleep: Sleep;
  /** Given to the loop as the signal that stops it. */
  readonly signal: AbortSignal;
  moveTo(instant: string): void;
}

export function pacedClock(start: string): PacedClock {
  let now = Date.parse(start);
  const { signal } = new AbortController();
  return {
    now: () => toInstant(now),
    milliseconds: () => now,
    signal,
    moveTo(instant) {
      now = Date.parse(instant);
    },
    async sleep(milliseconds, by) {
      await yieldOnce();
      // Whoever watches the loop waits for its end, and leaves the time alone.
      if (by === signal) now += milliseconds;
      else if (by !== undefined && !by.aborted) {
        await new Promise((resolve) => by.addEventListener('abort', resolve, { once: true }));
      }
    },
  };
}
