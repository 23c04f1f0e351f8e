/** How often somebody, or a group of people, has answered, by the clock on their wall: 24 hours, 7 weekdays (0 is Sunday). */
export interface ClickCounts {
  readonly hours: Float64Array;
  readonly weekdays: Float64Array;
}

/** The same as shares: each adds up to 1. */
export type TimeProfile = ClickCounts;

/** How many clicks the surroundings of a person count for, beside the person's own. */
export interface Strengths {
  readonly hours: number;
  readonly weekdays: number;
}

export const HOURS = 24;
export const WEEKDAYS = 7;

/** Counts of nobody. */
export function emptyCounts(): ClickCounts {
  return { hours: new Float64Array(HOURS), weekdays: new Float64Array(WEEKDAYS) };
}

/** Every hour and weekday alike. */
export function evenProfile(): TimeProfile {
  return {
    hours: new Float64Array(HOURS).fill(1 / HOURS),
    weekdays: new Float64Array(WEEKDAYS).fill(1 / WEEKDAYS),
  };
}

/** Counts clicks at a time on the wall, in milliseconds as if it were UTC. */
export function addClicks({ hours, weekdays }: ClickCounts, wallClock: number, clicks: number): void {
  const at = new Date(wallClock);
  hours[at.getUTCHours()] = (hours[at.getUTCHours()] ?? 0) + clicks;
  weekdays[at.getUTCDay()] = (weekdays[at.getUTCDay()] ?? 0) + clicks;
}

/**
 * The shares of somebody who has clicked a little, among others like them: their own clicks and the surroundings' shares as if
 * those were so many clicks more. The mean of a Dirichlet distribution after its counts.
 */
export function shrinkProfile(own: ClickCounts, around: TimeProfile, strengths: Strengths): TimeProfile {
  return {
    hours: shrink(own.hours, around.hours, strengths.hours),
    weekdays: shrink(own.weekdays, around.weekdays, strengths.weekdays),
  };
}

function shrink(own: Float64Array, around: Float64Array, strength: number): Float64Array {
  const total = own.reduce((sum, count) => sum + count, 0);
  return own.map((count, index) => (count + strength * (around[index] ?? 0)) / (total + strength));
}

// Fewer people than this tell nothing about how alike people are.
const LEAST_PEOPLE = 100;
const USUAL_STRENGTH = 10;
const MOST = 10_000;

/**
 * How many clicks the surroundings count for, by how much people differ: `agreement` is how often two clicks of one person fall
 * into the same hour (or weekday), on average over `people` with two clicks or more. Where that is no more often than for two
 * strangers, people do not differ. The moment estimator of a Dirichlet-multinomial distribution.
 */
export function estimateStrength(agreement: number, people: number, around: Float64Array): number {
  if (people < LEAST_PEOPLE) return USUAL_STRENGTH;
  const byChance = around.reduce((sum, share) => sum + share * share, 0);
  if (agreement <= byChance) return MOST;
  return Math.min(MOST, Math.max(1, (1 - agreement) / (agreement - byChance)));
}
