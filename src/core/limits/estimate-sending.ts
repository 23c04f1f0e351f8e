import { localDay, startOfDay } from './local-day.ts';
import { findFreeEnd, findHoldEnd, type SendHours } from './send-hours.ts';

export interface EstimateInput {
  /** Recipients by class of domains. */
  readonly recipients: ReadonlyMap<string, number>;
  /** When sending begins, in milliseconds since the epoch. */
  readonly start: number;
  /** Mails per second, of all classes together. */
  readonly rate: number;
  /** Mails per second, by class. */
  readonly classRates: ReadonlyMap<string, number>;
  /** Mails per day: on `2026-03-01`. */
  readonly volumeOf: (day: string) => number | undefined;
  readonly hours: SendHours | undefined;
  /** Where the recipients are taken to live. */
  readonly timezone: string;
  /** That of the days of caps. */
  readonly dayTimezone: string;
}

export interface Estimate {
  /** Null: never, under these limits. */
  readonly seconds: number | null;
  /** By class. */
  readonly secondsOf: ReadonlyMap<string, number | null>;
}

// Ten years of days with a window each.
const MAX_STEPS = 10_000;

/** Where the walk has come to. */
interface Walk {
  at: number;
  day: string;
  /** Mails of that day. */
  used: number;
  readonly left: Map<string, number>;
  /** When each class was done. */
  readonly done: Map<string, number>;
}

/** How long sending takes under all limits: walks from one moment at which something changes to the next. */
export function estimateSending(input: EstimateInput): Estimate {
  const walk: Walk = {
    at: input.start,
    day: '',
    used: 0,
    left: new Map([...input.recipients].filter(([, count]) => count > 0)),
    done: new Map([...input.recipients].map(([name]) => [name, input.start])),
  };
  for (let step = 0; walk.left.size > 0 && step < MAX_STEPS; step += 1) advance(walk, input);
  const secondsOf = new Map(
    [...walk.done].map(([name, end]) => [name, walk.left.has(name) ? null : toSeconds(end - input.start)]),
  );
  const all = [...secondsOf.values()];
  const seconds = all.includes(null) ? null : Math.max(0, ...all.map((one) => one ?? 0));
  return { secondsOf, seconds };
}

/** Sends at one speed until a class is done, a day's volume is used up, or the day or the hours end. */
function advance(walk: Walk, input: EstimateInput): void {
  const { hours, timezone, dayTimezone, rate, classRates, volumeOf } = input;
  walk.at = (hours && findHoldEnd(hours, timezone, walk.at)) ?? walk.at;
  const day = localDay(walk.at, dayTimezone);
  if (day !== walk.day) walk.used = 0;
  walk.day = day;
  const room = (volumeOf(day) ?? Number.POSITIVE_INFINITY) - walk.used;
  const tomorrow = startOfDay(walk.at, dayTimezone, 1);
  if (room < 1) {
    walk.at = tomorrow;
    return;
  }
  const speeds = shareRate(rate, walk.left, classRates);
  const total = [...speeds.values()].reduce((sum, speed) => sum + speed, 0);
  const closes = hours === undefined ? tomorrow : findFreeEnd(hours, timezone, walk.at);
  const first = Math.min(...[...walk.left].map(([name, count]) => count / (speeds.get(name) ?? 1)));
  const seconds = Math.min(first, room / total, (Math.min(tomorrow, closes) - walk.at) / 1_000);
  walk.at += seconds * 1_000;
  walk.used += total * seconds;
  for (const [name, count] of walk.left) {
    const rest = count - (speeds.get(name) ?? 0) * seconds;
    if (rest > 1e-6) walk.left.set(name, rest);
    else {
      walk.left.delete(name);
      walk.done.set(name, walk.at);
    }
  }
}

/** Shares a rate among the classes that are left: equally, and what a slower class can't take goes to the others. */
function shareRate(
  rate: number,
  left: ReadonlyMap<string, number>,
  classRates: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const limitOf = (name: string): number => classRates.get(name) ?? Number.POSITIVE_INFINITY;
  const names = [...left.keys()].sort((a, b) => limitOf(a) - limitOf(b));
  const speeds = new Map<string, number>();
  let rest = rate;
  for (const [index, name] of names.entries()) {
    const speed = Math.min(limitOf(name), rest / (names.length - index));
    speeds.set(name, speed);
    rest -= speed;
  }
  return speeds;
}

// What floating point adds to a whole second is no second more.
function toSeconds(milliseconds: number): number {
  return Math.ceil(Math.round(milliseconds) / 1_000);
}
