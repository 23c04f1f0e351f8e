import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import type { Backend } from './backend.ts';
import { type Calibration, calibrated, calibrateMean, fitCalibration } from './calibrate.ts';
import { createChance, shuffledRows } from './chance.ts';
import { type Column, takeRows } from './columns.ts';
import { type Ensemble, fitEnsemble, predictEnsemble } from './fit-ensemble.ts';
import { fitLogistic, predictLogistic } from './fit-logistic.ts';
import { areaUnderCurve, type Interval, lossOf, type Metrics, measure, type Outcomes } from './metrics.ts';
import type { Split } from './split-rows.ts';

export interface ClassifierTraining {
  readonly backend: Backend;
  readonly columns: readonly Column[];
  /** 0 or 1, by row. */
  readonly target: Float32Array;
  readonly split: Split;
  readonly seed: number;
  readonly effort?: 'full' | 'quick';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Gives probabilities. */
export interface Classifier {
  readonly ensemble: Ensemble;
  readonly calibration: Calibration;
  /** Probabilities above which a row is in the group `high`, or `medium`. */
  readonly bands: { readonly high: number; readonly medium: number };
}

export interface Importance {
  readonly column: string;
  /** How much lower the AUC is on held-out rows when the values of this column are dealt out anew. */
  readonly auc_drop: number;
}

/** A difference of log loss, with its 95 % interval over the rows. */
export interface Gain {
  readonly log_loss: number;
  readonly interval: Interval;
}

export interface ClassifierReport {
  /** On held-out rows. */
  readonly metrics: Metrics;
  /** The same of always saying the base rate, and of logistic regression. */
  readonly baseline: { readonly base_rate: Metrics; readonly logistic: Metrics };
  /** How much lower its log loss is than theirs on the same rows. */
  readonly gains: { readonly base_rate: Gain; readonly logistic: Gain };
  readonly beats_baseline: boolean;
  /** Why it does not, for people; null when it does. */
  readonly verdict: string | null;
  /** The most important column first. */
  readonly importance: readonly Importance[];
}

const IMPORTANCE_ROWS = 2_000;
const CALIBRATION_ROWS = 4_000;
const HIGH_SHARE = 0.1;
const MEDIUM_SHARE = 0.5;
const Z = 1.959964;

/** Trains an ensemble, calibrates it on rows that its networks have not learned from, and measures it on the held-out rows beside its baselines. */
export async function trainClassifier(
  training: ClassifierTraining,
): Promise<{ readonly classifier: Classifier; readonly report: ClassifierReport }> {
  const { columns, target, split, seed, backend } = training;
  const { train, test } = split;
  const { ensemble, outOfFold } = await fitEnsemble({ ...training, task: 'binary', rows: train });
  const unseen = test.subarray(0, CALIBRATION_ROWS);
  const single = ensemble.networks.map((network) =>
    predictEnsemble(backend, { ...ensemble, networks: [network] }, columns, unseen),
  );
  const calibration = calibrateMean(fitCalibration(outOfFold, target, train), single);
  const ownScores = outOfFold.map((output) => calibrated(calibration, output)).sort();
  const above = (share: number) => ownScores[Math.floor(ownScores.length * (1 - share))] ?? 1;
  const bands = { high: above(HIGH_SHARE), medium: above(MEDIUM_SHARE) };
  const classifier = { ensemble, calibration, bands };
  const outcomes = Uint8Array.from(test, (row) => target[row] ?? 0);
  const own = { probabilities: predictProbabilities(backend, classifier, columns, test), outcomes };
  const share = train.reduce((sum, row) => sum + (target[row] ?? 0), 0) / train.length;
  const base = { probabilities: new Float64Array(test.length).fill(share), outcomes };
  const logistic = {
    probabilities: predictLogistic(fitLogistic(columns, target, train), columns, test),
    outcomes,
  };
  const metrics = await measure(own, { seed });
  const baseline = {
    base_rate: await measure(base, { seed }),
    logistic: await measure(logistic, { seed }),
  };
  const gains = { base_rate: gainOver(own, base), logistic: gainOver(own, logistic) };
  const verdict = judge(gains);
  return {
    classifier,
    report: {
      ...{ metrics, baseline, gains, verdict, beats_baseline: verdict === null },
      importance: measureImportance(backend, classifier, columns, test, target, seed),
    },
  };
}

/** The probabilities of rows of columns. Throws `input_unusable` for a model whose weights give no number, as none that was trained here does. */
export function predictProbabilities(
  backend: Backend,
  { ensemble, calibration }: Classifier,
  columns: readonly Column[],
  rows: Int32Array,
): Float64Array {
  const probabilities = predictEnsemble(backend, ensemble, columns, rows).map((output) =>
    calibrated(calibration, output),
  );
  if (probabilities.every(Number.isFinite)) return probabilities;
  throw new ReferralError('input_unusable', 'The model gives no number for some rows', {
    reason: 'its weights are too large to be those of a training',
    hint: 'Go back to another version (referral segments models rollback NAME), or train it again (referral segments train).',
  });
}

/** Better than the base rate beyond chance, and not worse than logistic regression. */
function judge({ base_rate, logistic }: ClassifierReport['gains']): string | null {
  if (!(base_rate.interval[0] > 0)) {
    return 'on rows that it has not seen it is not better than always saying the base rate, beyond chance';
  }
  if (logistic.log_loss > 0) return null;
  return 'on rows that it has not seen logistic regression is as good or better';
}

/** By how much less the first loses than the second, row by row. */
function gainOver(own: Outcomes, other: Outcomes): Gain {
  const gains = Float64Array.from(
    own.outcomes,
    (outcome, row) =>
      lossOf(other.probabilities[row] ?? 0, outcome) - lossOf(own.probabilities[row] ?? 0, outcome),
  );
  const mean = gains.reduce((sum, value) => sum + value, 0) / gains.length;
  const squares = gains.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(squares / Math.max(1, gains.length - 1) / gains.length);
  return { log_loss: mean, interval: [mean - Z * error, mean + Z * error] };
}

function measureImportance(
  backend: Backend,
  classifier: Classifier,
  columns: readonly Column[],
  test: Int32Array,
  target: Float32Array,
  seed: number,
): Importance[] {
  const chance = createChance(seed, 'importance');
  const places = shuffledRows(test.length, chance).subarray(0, IMPORTANCE_ROWS);
  const rows = Int32Array.from(places, (place) => test[place] ?? 0);
  const all = Int32Array.from(rows.keys());
  const outcomes = Uint8Array.from(rows, (row) => target[row] ?? 0);
  const taken = columns.map((column) => takeRows(column, rows));
  const aucOf = (some: readonly Column[]) =>
    areaUnderCurve({ probabilities: predictProbabilities(backend, classifier, some, all), outcomes });
  const whole = aucOf(taken);
  return taken
    .map((column, index) => {
      const dealt = takeRows(column, shuffledRows(rows.length, chance));
      const drop = whole - aucOf(taken.with(index, dealt));
      return { column: column.name, auc_drop: Number.isNaN(drop) ? 0 : drop };
    })
    .sort((a, b) => b.auc_drop - a.auc_drop || (a.column < b.column ? -1 : 1));
}
