/*
 * What a measured process did not get: it can be stopped and continued (SIGSTOP, SIGCONT) while others measure on the same
 * machine, wait for a processor, or for the disk. Only the first is no time of its own.
 */
import { readFileSync } from 'node:fs';

const BEAT_MS = 5;

/** What a piece of work took, in seconds. */
export interface Took {
  /** Without the time that the process was stopped. */
  readonly seconds: number;
  /** CPU time of this process, all its threads together. */
  readonly cpu: number;
  readonly stopped: number;
  /** For how long it was ready to run, and others had the processor; 0 where the system does not tell. */
  readonly queued: number;
  /** The longest time without a turn of the event loop: the slowest commit to the disk, unless it was queued. */
  readonly longestTurn: number;
}

/** Measures a piece of work. */
export async function timed(work: () => Promise<unknown>): Promise<Took> {
  let stopped = 0;
  let longestTurn = 0;
  let last = performance.now();
  const beat = setInterval(() => {
    longestTurn = Math.max(longestTurn, performance.now() - last - BEAT_MS);
    last = performance.now();
  }, BEAT_MS);
  const onContinue = (): void => {
    stopped += performance.now() - last;
    last = performance.now();
  };
  process.on('SIGCONT', onContinue);
  const before = { at: performance.now(), cpu: process.cpuUsage(), queued: readQueued() };
  try {
    await work();
  } finally {
    clearInterval(beat);
    process.off('SIGCONT', onContinue);
  }
  const { user, system } = process.cpuUsage(before.cpu);
  return {
    seconds: (performance.now() - before.at - stopped) / 1_000,
    cpu: (user + system) / 1e6,
    stopped: stopped / 1_000,
    queued: (readQueued() - before.queued) / 1e9,
    longestTurn: longestTurn / 1_000,
  };
}

/** Nanoseconds for which the main thread was ready to run; Linux alone tells. */
function readQueued(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]);
  } catch {
    return 0;
  }
}
