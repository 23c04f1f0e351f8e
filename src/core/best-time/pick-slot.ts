import { findHoldEnd, type SendHours } from '../limits/send-hours.ts';
import { wallClockOf } from '../local-time.ts';
import type { TimeProfile } from './time-profile.ts';

/** An hour in which a mail may go. */
export interface Slot {
  /** When it begins, in milliseconds since the epoch. */
  readonly at: number;
  readonly hour: number;
  readonly weekday: number;
}

const HOUR_MS = 3_600_000;
const AHEAD = 7 * 24;

/**
 * The hours of the week from `from` on, by the clock in `timezone`, in which the hours of the campaign let a mail go, and which
 * begin before `until`.
 */
export function listSlots(
  from: number,
  timezone: string,
  hours: SendHours | undefined,
  until = Number.POSITIVE_INFINITY,
): readonly Slot[] {
  const slots: Slot[] = [];
  // What has begun counts from now on; the rest from each full hour on the wall.
  const intoHour = wallClockOf(from, timezone) % HOUR_MS;
  for (let step = 0; step < AHEAD; step += 1) {
    const at = step === 0 ? from : from - intoHour + step * HOUR_MS;
    if (at >= until) break;
    if (hours !== undefined && findHoldEnd(hours, timezone, at) !== undefined) continue;
    const wall = new Date(wallClockOf(at, timezone));
    slots.push({ at, hour: wall.getUTCHours(), weekday: wall.getUTCDay() });
  }
  return slots;
}

/** The slot in which an answer is likeliest, the earliest of equals; undefined when there is none. */
export function pickSlot(slots: readonly Slot[], { hours, weekdays }: TimeProfile): Slot | undefined {
  let best: Slot | undefined;
  let highest = 0;
  for (const slot of slots) {
    const likely = (hours[slot.hour] ?? 0) * (weekdays[slot.weekday] ?? 0);
    // What rounding makes of equal numbers is no reason to wait.
    if (best !== undefined && likely <= highest * (1 + 1e-9)) continue;
    best = slot;
    highest = likely;
  }
  return best;
}
