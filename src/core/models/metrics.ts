import { type OnProgress, tellProgress } from '../progress.ts';
import { createChance } from './chance.ts';

/** How good probabilities are, on rows that were not learned from. */
export interface Metrics {
  /** The chance that of two rows, one of each class, the one with the outcome has the higher score; 0.5 says nothing. */
  readonly auc: number;
  /** The mean of -log of the probability that was given to what happened; lower is better. */
  readonly log_loss: number;
  /** The mean squared difference between probability and outcome; lower is better. */
  readonly brier: number;
  /** The mean difference between probability and share, over ten groups of like scores, by their size. */
  readonly calibration_error: number;
  /** The share of outcomes among the tenth with the highest scores, over the share among all. */
  readonly lift_top_tenth: number;
  /** 95 % intervals of the same: DeLong's for the AUC, by the bootstrap for the others. */
  readonly intervals: Readonly<Record<MetricName, Interval>>;
}

export type MetricName = 'auc' | 'log_loss' | 'brier' | 'calibration_error' | 'lift_top_tenth';
export type Interval = readonly [low: number, high: number];

/** Scores and what happened, 0 or 1. */
export interface Outcomes {
  readonly probabilities: Float64Array;
  readonly outcomes: Uint8Array;
}

export interface MeasureOptions {
  /** The same seed gives the same intervals. */
  readonly seed: number;
  /** How much of the work for the intervals is done. */
  readonly onProgress?: OnProgress | undefined;
}

const GROUPS = 10;
const RESAMPLES = 300;
const Z = 1.959964;
// A probability of 0 for what happens would cost without end; models do not give it, baselines by hand could.
const LEAST = 1e-12;

/** All metrics with their intervals. Both classes have to be there. */
export async function measure(outcomes: Outcomes, { seed, onProgress }: MeasureOptions): Promise<Metrics> {
  const sorted = sortByScore(outcomes);
  const once = new Float64Array(sorted.outcomes.length).fill(1);
  const { auc, variance } = delong(outcomes);
  const point = weighted(sorted, once);
  const samples: Weighted[] = [];
  const draw = createResampler(sorted, seed);
  while (samples.length < RESAMPLES) {
    samples.push(weighted(sorted, draw()));
    await tellProgress(onProgress, samples.length, RESAMPLES);
  }
  const spread = (pick: (sample: Weighted) => number): Interval => interval(samples.map(pick));
  const half = Z * Math.sqrt(variance);
  return {
    auc,
    ...point,
    intervals: {
      auc: [Math.max(0, auc - half), Math.min(1, auc + half)],
      log_loss: spread((sample) => sample.log_loss),
      brier: spread((sample) => sample.brier),
      calibration_error: spread((sample) => sample.calibration_error),
      lift_top_tenth: spread((sample) => sample.lift_top_tenth),
    },
  };
}

type Weighted = Omit<Metrics, 'auc' | 'intervals'>;

/** Rows and what each costs, the highest score first. */
interface Sorted extends Outcomes {
  readonly losses: Float64Array;
}

/** Equal scores stay in the order of the rows. */
function sortByScore({ probabilities, outcomes }: Outcomes): Sorted {
  const order = Array.from(probabilities.keys()).sort(
    (a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0) || a - b,
  );
  return {
    probabilities: Float64Array.from(order, (row) => probabilities[row] ?? 0),
    outcomes: Uint8Array.from(order, (row) => outcomes[row] ?? 0),
    losses: Float64Array.from(order, (row) => lossOf(probabilities[row] ?? 0, outcomes[row] ?? 0)),
  };
}

/** The metrics of sorted rows of which each counts so many times. */
function weighted({ probabilities, outcomes, losses }: Sorted, weights: Float64Array): Weighted {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [logLoss, brier, positives] = [0, 0, 0];
  for (const [row, weight] of weights.entries()) {
    const probability = probabilities[row] ?? 0;
    const outcome = outcomes[row] ?? 0;
    logLoss += weight * (losses[row] ?? 0);
    brier += weight * (probability - outcome) ** 2;
    positives += weight * outcome;
  }
  return {
    log_loss: logLoss / total,
    brier: brier / total,
    calibration_error: calibrationError({ probabilities, outcomes }, weights, total),
    lift_top_tenth:
      positives === 0 ? 0 : (topShare({ probabilities, outcomes }, weights, total / 10) * total) / positives,
  };
}

/** What a row costs by the logarithmic loss. */
export function lossOf(probability: number, outcome: number): number {
  return -Math.log(Math.max(LEAST, outcome === 1 ? probability : 1 - probability));
}

function calibrationError(
  { probabilities, outcomes }: Outcomes,
  weights: Float64Array,
  total: number,
): number {
  let [error, difference, seen, group] = [0, 0, 0, 1];
  for (const [row, weight] of weights.entries()) {
    seen += weight;
    difference += weight * ((probabilities[row] ?? 0) - (outcomes[row] ?? 0));
    if (seen < (total * group) / GROUPS - 1e-9 && row < weights.length - 1) continue;
    error += Math.abs(difference);
    difference = 0;
    group = Math.floor((seen / total) * GROUPS + 1e-9) + 1;
  }
  return error / total;
}

/** The share of outcomes in the first `size` of the weight; of rows with equal scores at the border each counts in part. */
function topShare({ probabilities, outcomes }: Outcomes, weights: Float64Array, size: number): number {
  let [taken, found] = [0, 0];
  let row = 0;
  while (row < weights.length && taken < size) {
    let [tied, positive] = [0, 0];
    const score = probabilities[row];
    for (; row < weights.length && probabilities[row] === score; row += 1) {
      tied += weights[row] ?? 0;
      positive += (weights[row] ?? 0) * (outcomes[row] ?? 0);
    }
    const part = tied === 0 ? 0 : Math.min(1, (size - taken) / tied);
    taken += tied * part;
    found += positive * part;
  }
  return taken === 0 ? 0 : found / taken;
}

/** Bootstrap: how often each row counts when as many are drawn with replacement. The weights are those of the last call. */
function createResampler({ outcomes }: Outcomes, seed: number): () => Float64Array {
  const chance = createChance(seed, 'bootstrap');
  const rows = outcomes.length;
  const weights = new Float64Array(rows);
  return () => {
    weights.fill(0);
    for (let draw = 0; draw < rows; draw += 1) {
      const row = Math.floor(chance.next() * rows);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    return weights;
  };
}

/** Where the middle 95 % of values lie. */
export function interval(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/** The AUC alone. */
export function areaUnderCurve(outcomes: Outcomes): number {
  return delong(outcomes).auc;
}

/**
 * The AUC and its variance by DeLong, DeLong, Clarke-Pearson (1988), computed from mid-ranks as in Sun and Xu (2014); equal scores count half.
 */
export function delong({ probabilities, outcomes }: Outcomes): {
  readonly auc: number;
  readonly variance: number;
} {
  const rows = Array.from(probabilities.keys());
  const yes = Float64Array.from(
    rows.filter((row) => outcomes[row] === 1),
    (row) => probabilities[row] ?? 0,
  );
  const no = Float64Array.from(
    rows.filter((row) => outcomes[row] !== 1),
    (row) => probabilities[row] ?? 0,
  );
  if (yes.length === 0 || no.length === 0) return { auc: Number.NaN, variance: Number.NaN };
  yes.sort();
  no.sort();
  const ofYes = shareBelow(yes, no);
  const ofNo = shareBelow(no, yes).map((share) => 1 - share);
  const auc = mean(ofYes);
  return { auc, variance: spread(ofYes, auc) / yes.length + spread(ofNo, auc) / no.length };
}

/** For each value of the first sorted list, the share of the second that lies below it. */
function shareBelow(values: Float64Array, others: Float64Array): Float64Array {
  let [below, atMost] = [0, 0];
  return values.map((value) => {
    while (below < others.length && (others[below] ?? 0) < value) below += 1;
    while (atMost < others.length && (others[atMost] ?? 0) <= value) atMost += 1;
    return (below + atMost) / 2 / others.length;
  });
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: Float64Array, around: number): number {
  if (values.length < 2) return 0;
  return values.reduce((sum, value) => sum + (value - around) ** 2, 0) / (values.length - 1);
}
