import { createChance } from '../models/chance.ts';
import type { Trial } from './learners.ts';

/** The Qini curve of a ranking: what treating the best `share` brings, beyond what they would have done anyway. */
export interface QiniPoint {
  readonly share: number;
  /** Outcomes gained, per person of the whole, were this share of all treated. */
  readonly gain: number;
}

export interface Qini {
  /** At tenths of the people, the likeliest to be moved first. */
  readonly curve: readonly QiniPoint[];
  /** The mean height of the curve above the straight line of treating people by chance; 0 is no better than chance. */
  readonly coefficient: number;
  /** Where the coefficient lies in 95 % of resamples. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 500;
const TENTHS = 10;

/**
 * The Qini curve of these rows when they are treated in the order of `uplift`, highest first; its interval by resampling
 * people. Source: Radcliffe (2007), Using control groups to target on predicted lift.
 */
export function measureQini(
  { treated, outcomes }: Pick<Trial, 'treated' | 'outcomes'>,
  rows: Int32Array,
  uplift: Float64Array,
  seed: number,
): Qini {
  const places = Int32Array.from(rows.keys());
  const chance = createChance(seed, 'qini');
  // Equal predictions in an order by chance, and not by how the file is sorted.
  chance.shuffle(places);
  places.sort((first, second) => (uplift[second] ?? 0) - (uplift[first] ?? 0));
  const isTreated = Uint8Array.from(places, (place) => treated[rows[place] ?? 0] ?? 0);
  const outcome = Uint8Array.from(places, (place) => outcomes[rows[place] ?? 0] ?? 0);
  const ones = new Uint8Array(places.length).fill(1);
  const { heights, coefficient } = walk(isTreated, outcome, ones);
  const weights = new Uint8Array(places.length);
  const resampled = Float64Array.from({ length: RESAMPLES }, () => {
    for (let place = 0; place < weights.length; place += 1) weights[place] = drawPoisson(chance.next());
    return walk(isTreated, outcome, weights).coefficient;
  }).sort();
  return {
    curve: heights.map((gain, tenth) => ({ share: (tenth + 1) / TENTHS, gain })),
    coefficient,
    low: resampled[Math.floor(RESAMPLES * 0.025)] ?? coefficient,
    high: resampled[Math.ceil(RESAMPLES * 0.975) - 1] ?? coefficient,
  };
}

/** Walks down a ranking in which person `n` counts `weights[n]` times. */
function walk(
  isTreated: Uint8Array,
  outcome: Uint8Array,
  weights: Uint8Array,
): { readonly heights: readonly number[]; readonly coefficient: number } {
  const people = weights.reduce((sum, weight) => sum + weight, 0);
  const count = [0, 0];
  const did = [0, 0];
  const heights: number[] = [];
  let [seen, area, gain] = [0, 0, 0];
  for (let place = 0; place < weights.length; place += 1) {
    const weight = weights[place] ?? 0;
    if (weight === 0) continue;
    const arm = isTreated[place] ?? 0;
    count[arm] = (count[arm] ?? 0) + weight;
    did[arm] = (did[arm] ?? 0) + weight * (outcome[place] ?? 0);
    seen += weight;
    const [without = 0, withIt = 0] = count;
    const effect = without === 0 || withIt === 0 ? 0 : (did[1] ?? 0) / withIt - (did[0] ?? 0) / without;
    gain = (effect * seen) / people;
    area += weight * gain;
    while (heights.length < Math.floor((seen * TENTHS) / people + 1e-9)) heights.push(gain);
  }
  return { heights, coefficient: area / people - gain / 2 };
}

const POISSON = cumulativePoisson();

/** How often somebody is drawn when as many are drawn as there are: by a Poisson number of mean 1. */
function drawPoisson(place: number): number {
  let count = 0;
  while (count < POISSON.length && place >= (POISSON[count] ?? 1)) count += 1;
  return count;
}

function cumulativePoisson(): readonly number[] {
  const ends: number[] = [];
  let [term, end] = [Math.exp(-1), 0];
  for (let count = 1; count <= 12; count += 1) {
    end += term;
    ends.push(end);
    term /= count;
  }
  return ends;
}
