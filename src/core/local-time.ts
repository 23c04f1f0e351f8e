import { zoneOffset } from './time.ts';

const DAY_MS = 86_400_000;

/** What a clock on the wall shows in `timezone` at `epoch`, in milliseconds, written as if it were UTC. */
export function wallClockOf(epoch: number, timezone: string): number {
  return epoch + zoneOffset(epoch, timezone);
}

/**
 * The first moment at which a clock on the wall in `timezone` shows `local` (milliseconds, as if it were UTC): of an hour
 * that a clock change repeats the first, and of one that it skips the moment of the change.
 */
export function firstMomentOf(local: number, timezone: string): number {
  const before = zoneOffset(local - DAY_MS, timezone);
  const after = zoneOffset(local + DAY_MS, timezone);
  if (before === after) return local - before;
  const fits = [before, after]
    .map((offset) => local - offset)
    .filter((epoch) => wallClockOf(epoch, timezone) === local);
  if (fits.length > 0) return Math.min(...fits);
  return findChange(local - Math.max(before, after), local - Math.min(before, after), timezone);
}

/** The moment at which the offset changes between two times. */
function findChange(from: number, to: number, timezone: string): number {
  const offset = zoneOffset(from, timezone);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffset(middle, timezone) === offset) low = middle;
    else high = middle;
  }
  return high;
}
