import { adjustHolm } from '../statistics/adjust-holm.ts';
import { sequenceBoundary, sequenceP, tuneSequence } from '../statistics/confidence-sequence.ts';
import type { Distributions } from '../statistics/distributions.ts';
import { fixedBoundary, fixedP } from '../statistics/fixed-horizon.ts';
import {
  differenceInterval,
  type Group,
  type Interval,
  rateDifference,
  rateOf,
  roundRate,
} from '../statistics/rate-difference.ts';
import { SAMPLE_RATIO_ALPHA } from '../statistics/sample-ratio.ts';
import { countPairs, type ExperimentDesign } from './design.ts';

/** Everyone who was assigned to a variant, mailed or not, and how many of them did what is counted. */
export interface Arm extends Group {
  readonly name: string;
}

/** Two variants; everything is of `variant` less `against`. */
export interface Comparison extends Interval {
  readonly variant: string;
  readonly against: string;
  readonly difference: number;
  readonly p: number;
  /** Holm's; significant when at most α. */
  readonly p_adjusted: number;
}

/**
 * `winner`: one is better than every other. `no_winner`: the time is over and none is. `too_early`: not yet the time to say
 * anything (fixed), or nothing to be said yet (always valid). `blocked`: the groups can't be trusted.
 */
export type Verdict = 'winner' | 'no_winner' | 'too_early' | 'blocked';

export interface Judgement {
  readonly verdict: Verdict;
  readonly winner: string | null;
  readonly reason: string;
  /** Each pair once; none before the horizon of a fixed design. */
  readonly comparisons: readonly Comparison[];
}

export interface Evidence {
  readonly design: ExperimentDesign;
  readonly arms: readonly Arm[];
  readonly sampleRatioP: number;
  /** Has the last mail gone, and have the days after it passed? */
  readonly isOver: boolean;
  /** When that is, in words: a time, or what it waits for. */
  readonly overWhen: string;
}

/** What an experiment has shown. Pure. Customers are compared as they were assigned, whatever became of their mail. */
export function judgeExperiment(evidence: Evidence, distributions: Distributions): Judgement {
  const { design, arms, sampleRatioP, isOver, overWhen } = evidence;
  const none = { winner: null, comparisons: [] };
  if (arms.length < 2)
    return { ...none, verdict: 'no_winner', reason: 'there is one variant: nothing to compare' };
  if (sampleRatioP < SAMPLE_RATIO_ALPHA) {
    const reason = `the groups are not of the sizes that the assignment gives (p ${formatP(sampleRatioP)}): find out why before trusting any difference`;
    return { ...none, verdict: 'blocked', reason };
  }
  if (design.mode === 'fixed' && !isOver) {
    const reason = `a fixed horizon is looked at once, when it is over: ${overWhen}`;
    return { ...none, verdict: 'too_early', reason };
  }
  const smallest = Math.min(...arms.map(({ customers }) => customers));
  if (design.mode === 'fixed' && smallest < (design.per_variant ?? 0)) {
    const reason = `the smallest variant has ${smallest} of the ${design.per_variant} customers that were planned`;
    return { ...none, verdict: 'no_winner', reason };
  }
  const comparisons = compareArms(design, arms, distributions);
  const winner = findWinner(design, arms, comparisons);
  if (winner !== undefined) {
    const rest = arms.length === 2 ? 'the other variant' : 'every other variant';
    return {
      verdict: 'winner',
      winner,
      reason: `${winner} has more ${design.metric} than ${rest}`,
      comparisons,
    };
  }
  const what = `no variant has more ${design.metric} than every other beyond what chance explains`;
  return isOver
    ? { verdict: 'no_winner', winner: null, reason: what, comparisons }
    : {
        verdict: 'too_early',
        winner: null,
        reason: `${what} so far; look again whenever you like`,
        comparisons,
      };
}

function compareArms(
  design: ExperimentDesign,
  arms: readonly Arm[],
  distributions: Distributions,
): readonly Comparison[] {
  // Intervals that hold all together; with two variants they agree with the p-value.
  const alpha = design.alpha / countPairs(arms.length);
  const pairs = arms.flatMap((first, index) =>
    arms.slice(index + 1).map((second) => {
      const compared = compareGroups(design, alpha, first, second, distributions);
      return { variant: first.name, against: second.name, ...compared };
    }),
  );
  const adjusted = adjustHolm(pairs.map(({ p }) => p));
  return pairs.map((pair, index) => ({ ...pair, p_adjusted: adjusted[index] ?? 1 }));
}

/** The difference of two groups in the mode of the design: the interval has the level 1 - α. */
export function compareGroups(
  { mode, baseline }: Pick<ExperimentDesign, 'mode' | 'baseline'>,
  alpha: number,
  first: Group,
  second: Group,
  distributions: Distributions,
): Omit<Comparison, 'variant' | 'against' | 'p_adjusted'> {
  const tuning = tuneSequence(first.customers, second.customers, baseline, alpha);
  const isFixed = mode === 'fixed';
  const boundary = isFixed ? fixedBoundary(alpha, distributions) : sequenceBoundary(tuning, alpha);
  const { low, high } = differenceInterval(first, second, boundary);
  return {
    difference: roundRate(rateDifference(first, second)),
    low: roundRate(low),
    high: roundRate(high),
    p: isFixed ? fixedP(first, second, distributions) : sequenceP(first, second, tuning),
  };
}

function findWinner(
  { alpha }: ExperimentDesign,
  arms: readonly Arm[],
  comparisons: readonly Comparison[],
): string | undefined {
  const best = arms.reduce((first, second) => (rateOf(second) > rateOf(first) ? second : first)).name;
  const own = comparisons.filter(({ variant, against }) => variant === best || against === best);
  const isBeaten = ({ variant, difference, p_adjusted }: Comparison): boolean =>
    p_adjusted <= alpha && (variant === best ? difference > 0 : difference < 0);
  return own.every(isBeaten) ? best : undefined;
}

/** A p-value for a person. */
export function formatP(p: number): string {
  return p < 0.0001 ? 'below 0.0001' : p.toFixed(4);
}
