import { setTimeout as timer } from 'node:timers/promises';

/** Waits; ends early, without an error, when `signal` aborts. A test passes one that only moves its clock. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const sleep: Sleep = async (milliseconds, signal) => {
  try {
    await timer(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    // Aborted: whoever waited looks at the signal itself.
  }
};
