import type { Clock } from './clock.ts';
import { addMilliseconds, type Instant, parseDuration, parseInstant } from './time.ts';

/** `400d` is so long before now, `2026-01-01` that time. Throws `usage`. */
export function parseBefore(text: string, what: string, clock: Clock, timezone: string): Instant {
  return /^\d+(?:\.\d+)?[a-z]+$/.test(text.trim())
    ? addMilliseconds(clock.now(), -parseDuration(text))
    : parseInstant(text, what, timezone);
}
