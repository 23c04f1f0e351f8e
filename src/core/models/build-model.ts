import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import type { Backend } from './backend.ts';
import { findLeak, findUselessColumn, type UnfitColumn } from './find-unfit-columns.ts';
import type { Model } from './model-document.ts';
import type { ModelFigures, NewModel } from './registry.ts';
import type { Split } from './split-rows.ts';
import { type ClassifierReport, predictProbabilities, trainClassifier } from './train-classifier.ts';
import type { TypedColumn } from './type-columns.ts';

/** Typed columns and outcomes, ready to learn from. */
export interface TrainingData {
  readonly source: 'file' | 'customers';
  readonly columns: readonly TypedColumn[];
  readonly target: { readonly name: string; readonly positive: string };
  /** 0 or 1 by row. */
  readonly outcomes: Float32Array;
  readonly split: Split;
  /** SHA-256 of what was learned from. */
  readonly data_sha256: string;
  /** What the reading has found already, for people. */
  readonly warnings: readonly string[];
}

export interface BuildOptions {
  readonly name: string;
  readonly backend: Backend;
  readonly seed: number;
  /** Columns to learn from although they look like ids or give the outcome away. */
  readonly keep: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

const FEWEST_ROWS = 50;
const FEWEST_OF_A_KIND = 8;
const FEWEST_HELD_OUT = 3;
const QUANTILES = 10;

/**
 * Trains a model on data and measures it: columns without anything to learn, and those that give the outcome away, are left out and
 * named. Throws `input_unusable` when there are too few rows or outcomes, or no column is left.
 */
export async function buildModel(data: TrainingData, options: BuildOptions): Promise<NewModel> {
  const { backend, seed, keep, name } = options;
  const { split, outcomes, source, target } = data;
  assertEnough(data);
  const { used, leftOut, warnings } = chooseColumns(data, keep);
  const columns = used.map(({ column }) => column);
  const { classifier, report } = await trainClassifier({ ...options, columns, target: outcomes, split });
  const scores = predictProbabilities(backend, classifier, columns, split.test).sort();
  const model: Model = {
    ...{ source, target, classifier },
    columns: used.map(({ schema }) => schema),
    score_quantiles: Array.from(
      { length: QUANTILES - 1 },
      (_, index) => scores[Math.floor(((index + 1) * scores.length) / QUANTILES)] ?? 0,
    ),
  };
  const figures: ModelFigures = {
    ...report,
    held_out: { rows: split.test.length, by: split.by },
    warnings: [...data.warnings, ...warnings, ...closeCall(report)],
    left_out: leftOut.map(({ column, reason }) => ({ column, reason })),
  };
  return {
    ...{ name, model, figures, seed, data_sha256: data.data_sha256 },
    rows: outcomes.length,
    backend: backend.name,
    libraries: backend.versions,
  };
}

/** A model that may be better than its baseline by chance alone. */
function closeCall({ gains: { logistic }, beats_baseline }: ClassifierReport): string[] {
  const [low, high] = logistic.interval;
  if (!beats_baseline || low > 0) return [];
  return [
    `its log loss is ${logistic.log_loss.toFixed(4)} lower than that of logistic regression, which may be chance (95 % between ${low.toFixed(4)} and ${high.toFixed(4)})`,
  ];
}

function assertEnough({ outcomes, split, target }: TrainingData): void {
  const count = (rows: Int32Array, outcome: number) =>
    rows.reduce((sum, row) => sum + (outcomes[row] === outcome ? 1 : 0), 0);
  const [yes, no] = [count(split.train, 1), count(split.train, 0)];
  const hint = 'Give a file with more rows, of more time or more customers.';
  if (outcomes.length < FEWEST_ROWS || Math.min(yes, no) < FEWEST_OF_A_KIND) {
    throw new ReferralError('input_unusable', 'There are too few rows to learn from', {
      reason: `${outcomes.length} rows with a target, of which ${yes} to learn from have the outcome "${target.positive}" and ${no} have not; it takes ${FEWEST_ROWS} rows and ${FEWEST_OF_A_KIND} of each kind`,
      hint,
      details: { rows: outcomes.length, positives: yes, negatives: no },
    });
  }
  if (Math.min(count(split.test, 1), count(split.test, 0)) >= FEWEST_HELD_OUT) return;
  throw new ReferralError(
    'input_unusable',
    'The rows held out to measure with have nearly all the same outcome',
    {
      reason: `of ${split.test.length} rows ${count(split.test, 1)} have the outcome "${target.positive}"`,
      hint: split.by === 'file' ? 'Give another file with --test, or leave it out.' : hint,
    },
  );
}

function chooseColumns({ columns, outcomes, split }: TrainingData, keep: readonly string[]) {
  const used: TypedColumn[] = [];
  const leftOut: UnfitColumn[] = [];
  const warnings: string[] = [];
  for (const typed of columns) {
    const { column, unreadable, infinite } = typed;
    const useless = findUselessColumn(column, split.train);
    const found = useless ?? findLeak(column, outcomes, split.train);
    const isKept =
      found === undefined ||
      found.problem === 'too_good_alone' ||
      (keep.includes(column.name) && (found.problem === 'ids' || found.problem === 'gives_away'));
    if (isKept) used.push(typed);
    else leftOut.push(found);
    if (found !== undefined) warnings.push(warningOf(found, isKept));
    if (unreadable > 0) {
      warnings.push(`"${column.name}": ${unreadable} values are no ${column.kind}; they count as missing`);
    }
    if (infinite > 0)
      warnings.push(`"${column.name}": ${infinite} values are infinite; they count as missing`);
  }
  if (used.length > 0) return { used, leftOut, warnings };
  throw new ReferralError('input_unusable', 'There is no column to learn from', {
    reason:
      leftOut.map(({ column, reason }) => `"${column}": ${reason}`).join('; ') ||
      'the file has no other column',
    hint: 'Add columns that say something about the customers, or name one to learn from all the same with --keep COLUMN.',
  });
}

function warningOf({ column, reason, problem }: UnfitColumn, isKept: boolean): string {
  const done = isKept ? 'it is learned from' : 'it is left out';
  const otherwise = isKept
    ? `; leave it out with --ignore "${column}"`
    : problem === 'ids' || problem === 'gives_away'
      ? `; learn from it all the same with --keep "${column}"`
      : '';
  return `"${column}": ${reason}; ${done}${otherwise}`;
}
