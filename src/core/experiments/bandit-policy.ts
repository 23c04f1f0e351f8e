import { createHmac } from 'node:crypto';
import { bestProbabilities } from '../statistics/best-probabilities.ts';
import type { Distributions } from '../statistics/distributions.ts';
import type { Group } from '../statistics/rate-difference.ts';

// Every variant goes on being drawn a little, so that a bad start can be made good and no weight gets huge.
const LEAST = 0.01;

/** How likely each variant is to be drawn for the next mail: Thompson sampling, none less than 1 %. They add up to 1. */
export function propensitiesOf(seen: readonly Group[], distributions: Distributions): readonly number[] {
  const free = 1 - LEAST * seen.length;
  return bestProbabilities(seen, distributions).map((probability) => LEAST + free * probability);
}

/** The variant at `place`, from 0 to 1, when each takes as much of the line as it is likely. */
export function pickVariant(propensities: readonly number[], place: number): number {
  let end = 0;
  for (const [index, propensity] of propensities.entries()) {
    end += propensity;
    if (place < end) return index;
  }
  return propensities.length - 1;
}

/** Where somebody stands on that line, in [0, 1): by a hash keyed with the campaign, so that a draw can be repeated. */
export function placeOf(campaign: string, addressKey: string): number {
  const hash = createHmac('sha256', `bandit:${campaign}`).update(addressKey).digest();
  return hash.readUIntBE(0, 6) / 2 ** 48;
}
