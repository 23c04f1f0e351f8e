import { firstMomentOf, wallClockOf } from '../local-time.ts';
import { toInstant } from '../time.ts';

const DAY_MS = 86_400_000;

/** The calendar day in `timezone` at a time in milliseconds since the epoch: `2026-03-01`. */
export function localDay(epoch: number, timezone: string): string {
  return toInstant(wallClockOf(epoch, timezone)).slice(0, 10);
}

/** The first moment of the day that is `days` after the one of `epoch` in `timezone`, in milliseconds since the epoch. */
export function startOfDay(epoch: number, timezone: string, days = 0): number {
  const midnight = Math.floor(wallClockOf(epoch, timezone) / DAY_MS) * DAY_MS;
  return firstMomentOf(midnight + days * DAY_MS, timezone);
}

/** How many calendar days `later` is after `earlier`, both `2026-03-01`. */
export function daysBetween(earlier: string, later: string): number {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / DAY_MS);
}
