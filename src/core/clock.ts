import { type Instant, toInstant } from './time.ts';

/** Where the time comes from; a test passes its own and holds it still. */
export interface Clock {
  /** The present, UTC, with milliseconds. */
  now(): Instant;
  /** Milliseconds since the epoch. */
  milliseconds(): number;
}

export const systemClock: Clock = {
  now: () => toInstant(Date.now()),
  milliseconds: () => Date.now(),
};

/** A clock that stands still, for tests and for reports as of a time. */
export function clockAt(instant: Instant): Clock {
  return { now: () => instant, milliseconds: () => Date.parse(instant) };
}
