import { type Instant, toInstant, zoneOffset } from '../time.ts';

/** Minutes that a zone is ahead of UTC, until (exclusive) it changes its clocks; null where it no longer matters. */
export interface ZoneOffset {
  readonly minutes: number;
  readonly until: Instant | null;
}

// No zone changes its clocks there and back within a week.
const STEP_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;

/** The offsets of `timezone` between two times, in order. */
export function zoneOffsets(first: Instant, last: Instant, timezone: string): readonly ZoneOffset[] {
  const end = Date.parse(last);
  const offsets: ZoneOffset[] = [];
  let at = Date.parse(first);
  let offset = zoneOffset(at, timezone);
  while (at < end) {
    const next = Math.min(at + STEP_MS, end);
    const changed = zoneOffset(next, timezone);
    if (changed !== offset) {
      offsets.push({ minutes: toMinutes(offset), until: toInstant(findChange(at, next, offset, timezone)) });
      offset = changed;
    }
    at = next;
  }
  return [...offsets, { minutes: toMinutes(offset), until: null }];
}

// Halves the interval until it is the minute at which the clocks change.
function findChange(from: number, to: number, offset: number, timezone: string): number {
  let before = Math.floor(from / MINUTE_MS);
  let after = Math.ceil(to / MINUTE_MS);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zoneOffset(middle * MINUTE_MS, timezone) === offset) before = middle;
    else after = middle;
  }
  return after * MINUTE_MS;
}

function toMinutes(offset: number): number {
  return Math.round(offset / MINUTE_MS);
}
