import type { Backend } from './backend.ts';
import { lossOf, type MeasureOptions, type Metrics, measure } from './metrics.ts';
import type { Model } from './model-document.ts';
import type { NewerOutcomes } from './read-outcome-file.ts';
import type { ModelFigures } from './registry.ts';
import { predictProbabilities } from './train-classifier.ts';

export interface Evaluation {
  readonly rows: number;
  readonly positives: number;
  /** On the newer outcomes. */
  readonly metrics: Metrics;
  /** When it was trained, on the rows held out then. */
  readonly trained: Metrics;
  /** The mean of the scores, and the share of outcomes that came. */
  readonly mean_score: number;
  readonly outcome_rate: number;
  /** How differently the scores are spread from those of its training: below 0.1 alike, above 0.25 very differently. */
  readonly population_stability: number;
  readonly drift: boolean;
  /** What has drifted, for people. */
  readonly reasons: readonly string[];
}

const Z = 1.959964;
const UNSTABLE = 0.25;
const LEAST_DROP = 0.01;

/** Measures a model on newer outcomes, and says whether it is as good as it was. Both outcomes have to be there. */
export async function evaluateModel(
  backend: Backend,
  { model, figures }: { readonly model: Model; readonly figures: ModelFigures },
  { columns, outcomes: target }: NewerOutcomes,
  options: MeasureOptions,
): Promise<Evaluation> {
  const outcomes = Uint8Array.from(target);
  const rows = Int32Array.from(outcomes.keys());
  const probabilities = predictProbabilities(backend, model.classifier, columns, rows);
  const metrics = await measure({ probabilities, outcomes }, options);
  const trained = figures.metrics;
  const meanScore = sumOf(probabilities) / rows.length;
  const outcomeRate = sumOf(outcomes) / rows.length;
  const stability = stabilityOf(model.score_quantiles, probabilities);
  const reasons = [
    ...rankingReason(metrics, trained),
    ...levelReason(probabilities, meanScore, outcomeRate),
    ...baseReason(probabilities, outcomes, outcomeRate),
    ...(stability > UNSTABLE
      ? [
          `the scores are spread otherwise than those of its training (stability index ${stability.toFixed(2)}): other customers, or columns filled otherwise`,
        ]
      : []),
  ];
  return {
    ...{ rows: rows.length, positives: sumOf(outcomes), metrics, trained, reasons },
    ...{ mean_score: meanScore, outcome_rate: outcomeRate, population_stability: stability },
    drift: reasons.length > 0,
  };
}

function sumOf(values: Float64Array | Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function rankingReason({ auc, intervals }: Metrics, trained: Metrics): string[] {
  const error = (intervals.auc[1] - intervals.auc[0]) / 2 / Z;
  const before = (trained.intervals.auc[1] - trained.intervals.auc[0]) / 2 / Z;
  const drop = trained.auc - auc;
  if (drop < LEAST_DROP || drop < Z * Math.hypot(error, before)) return [];
  return [`it ranks worse: the AUC is ${auc.toFixed(3)}, it was ${trained.auc.toFixed(3)}`];
}

/** More or fewer outcomes than promised, beyond chance. */
function levelReason(probabilities: Float64Array, expected: number, found: number): string[] {
  const variance = probabilities.reduce((sum, p) => sum + p * (1 - p), 0) / probabilities.length ** 2;
  if (Math.abs(expected - found) <= Z * Math.sqrt(variance) || Math.abs(expected - found) < 0.1 * found)
    return [];
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [`it expects the outcome of ${percent(expected)}, and it came of ${percent(found)}`];
}

function baseReason(probabilities: Float64Array, outcomes: Uint8Array, rate: number): string[] {
  let gain = 0;
  for (const [row, outcome] of outcomes.entries())
    gain += lossOf(rate, outcome) - lossOf(probabilities[row] ?? 0, outcome);
  return gain >= 0 ? [] : ['always saying the share of outcomes would be better by now'];
}

/** The population stability index over the tenths of the scores at training. */
function stabilityOf(quantiles: readonly number[], probabilities: Float64Array): number {
  const edges = [...new Set(quantiles)];
  if (edges.length < quantiles.length) return 0;
  const shares = new Float64Array(edges.length + 1);
  for (const probability of probabilities) {
    const place = edges.findIndex((edge) => probability < edge);
    const group = place === -1 ? edges.length : place;
    shares[group] = (shares[group] ?? 0) + 1 / probabilities.length;
  }
  const expected = 1 / shares.length;
  return shares.reduce((sum, share) => {
    const own = Math.max(share, 1e-4);
    return sum + (own - expected) * Math.log(own / expected);
  }, 0);
}
