import { pickVariant, propensitiesOf } from '../src/core/experiments/bandit-policy.ts';
import { sequenceBoundary, sequenceP, tuneSequence } from '../src/core/statistics/confidence-sequence.ts';
import type { Distributions } from '../src/core/statistics/distributions.ts';
import { fixedBoundary, fixedP } from '../src/core/statistics/fixed-horizon.ts';
import { contrastAt, differenceInterval } from '../src/core/statistics/rate-difference.ts';
import { SAMPLE_RATIO_ALPHA, sampleRatioP } from '../src/core/statistics/sample-ratio.ts';
import { drawBinomial, shareOfRuns } from './simulate.ts';

const ALPHA = 0.05;

export interface NullExperiment {
  readonly rate: number;
  /** Customers of each group at the end. */
  readonly first: number;
  readonly second: number;
  /** The rate that was expected before the start. */
  readonly baseline: number;
  readonly looks: number;
}

/**
 * How often two equal groups get a winner at any of the looks. With `grows`, customers come in between looks; else all are
 * there at the first, and their successes come in between.
 */
export function simulateFalseWinners(
  experiment: NullExperiment & { readonly grows: boolean },
  runs: number,
  seed: number,
  judge: (first: number, second: number, n1: number, n2: number) => number,
): number {
  const { rate, first, second, looks, grows } = experiment;
  return shareOfRuns(runs, seed, (next) => {
    let [n1, n2, x1, x2] = grows ? [0, 0, 0, 0] : [first, second, 0, 0];
    for (let look = 1; look <= looks; look += 1) {
      if (grows) {
        const [more1, more2] = [
          Math.round((first * look) / looks) - n1,
          Math.round((second * look) / looks) - n2,
        ];
        x1 += drawBinomial(more1, rate, next);
        x2 += drawBinomial(more2, rate, next);
        n1 += more1;
        n2 += more2;
      } else {
        // Of those who have not yet: the chance that brings each to `rate` at the end, evenly.
        const share = rate / looks / (1 - (rate * (look - 1)) / looks);
        x1 += drawBinomial(n1 - x1, share, next);
        x2 += drawBinomial(n2 - x2, share, next);
      }
      if (judge(x1, x2, n1, n2) <= ALPHA) return true;
    }
    return false;
  });
}

/** The p-value of an always-valid experiment with these sizes and expectations. */
export function alwaysValid({
  first,
  second,
  baseline,
}: NullExperiment): (x1: number, x2: number, n1: number, n2: number) => number {
  const tuning = tuneSequence(first, second, baseline, ALPHA);
  return (x1, x2, n1, n2) =>
    sequenceP({ customers: n1, succeeded: x1 }, { customers: n2, succeeded: x2 }, tuning);
}

/** That of a fixed horizon, which must not be looked at more than once. */
export function fixedOnce(
  distributions: Distributions,
): (x1: number, x2: number, n1: number, n2: number) => number {
  return (x1, x2, n1, n2) =>
    fixedP({ customers: n1, succeeded: x1 }, { customers: n2, succeeded: x2 }, distributions);
}

/** How often a difference that is there is found, with so many in each group. */
export function simulatePower(
  size: number,
  rates: readonly [number, number],
  runs: number,
  seed: number,
  judge: (x1: number, x2: number, n1: number, n2: number) => number,
): number {
  return shareOfRuns(
    runs,
    seed,
    (next) =>
      judge(drawBinomial(size, rates[0], next), drawBinomial(size, rates[1], next), size, size) <= ALPHA,
  );
}

/** How often the interval of a fixed horizon holds the true difference. */
export function simulateCoverage(
  sizes: readonly [number, number],
  rates: readonly [number, number],
  runs: number,
  seed: number,
  distributions: Distributions,
): number {
  const boundary = fixedBoundary(ALPHA, distributions);
  const truth = rates[0] - rates[1];
  return shareOfRuns(runs, seed, (next) => {
    const first = { customers: sizes[0], succeeded: drawBinomial(sizes[0], rates[0], next) };
    const second = { customers: sizes[1], succeeded: drawBinomial(sizes[1], rates[1], next) };
    const { low, high } = differenceInterval(first, second, boundary);
    return low <= truth && truth <= high;
  });
}

/**
 * How often a confidence sequence holds the true difference at every one of the looks. With `grows`, customers come in; else
 * successes do, and what is true grows with them.
 */
export function simulateSequenceCoverage(
  { rates, size, baseline, looks, grows }: SequenceExperiment,
  runs: number,
  seed: number,
): number {
  const boundary = sequenceBoundary(tuneSequence(size, size, baseline, ALPHA), ALPHA);
  return shareOfRuns(runs, seed, (next) => {
    const succeeded = [0, 0];
    for (let look = 1; look <= looks; look += 1) {
      const customers = grows ? Math.round((size * look) / looks) : size;
      const more = customers - (grows ? Math.round((size * (look - 1)) / looks) : 0);
      const part = grows ? 1 : look / looks;
      for (const [arm, rate] of rates.entries()) {
        const had = succeeded[arm] ?? 0;
        const share = rate / looks / (1 - (rate * (look - 1)) / looks);
        succeeded[arm] =
          had + (grows ? drawBinomial(more, rate, next) : drawBinomial(size - had, share, next));
      }
      const [first, second] = [0, 1].map((arm) => ({ customers, succeeded: succeeded[arm] ?? 0 }));
      if (first === undefined || second === undefined) return false;
      const { sum, variance } = contrastAt(first, second, part * (rates[0] - rates[1]));
      if (sum * sum > boundary(variance)) return false;
    }
    return true;
  });
}

export interface SequenceExperiment {
  readonly rates: readonly [number, number];
  /** Customers of each group at the end. */
  readonly size: number;
  readonly baseline: number;
  readonly looks: number;
  readonly grows: boolean;
}

/** How often groups of these shares are found not to be halves. */
export function simulateSampleRatio(
  customers: number,
  share: number,
  runs: number,
  seed: number,
  distributions: Distributions,
): number {
  return shareOfRuns(runs, seed, (next) => {
    const first = drawBinomial(customers, share, next);
    return sampleRatioP([first, customers - first], [0.5, 0.5], distributions) < SAMPLE_RATIO_ALPHA;
  });
}

export interface Regret {
  /** Successes that the best variant for everyone would have brought and these did not, on average. */
  readonly bandit: number;
  readonly uniform: number;
}

/** What a bandit and equal shares miss, over so many mails in batches, each told of before the next. */
export function simulateRegret(
  rates: readonly number[],
  mails: number,
  batch: number,
  runs: number,
  seed: number,
  distributions: Distributions,
): Regret {
  const best = Math.max(...rates);
  let bandit = 0;
  shareOfRuns(runs, seed, (next) => {
    const seen = rates.map(() => ({ customers: 0, succeeded: 0 }));
    for (let sent = 0; sent < mails; sent += batch) {
      const propensities = propensitiesOf(seen, distributions);
      for (let mail = 0; mail < batch; mail += 1) {
        const drawn = pickVariant(propensities, next());
        const arm = seen[drawn];
        if (arm === undefined) continue;
        arm.customers += 1;
        bandit += best - (rates[drawn] ?? 0);
        if (next() < (rates[drawn] ?? 0)) arm.succeeded += 1;
      }
    }
    return true;
  });
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return { bandit: bandit / runs, uniform: (best - mean) * mails };
}
