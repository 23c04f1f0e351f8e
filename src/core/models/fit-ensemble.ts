import type { OnProgress } from '../progress.ts';
import type { Backend } from './backend.ts';
import { createChance, shuffledRows } from './chance.ts';
import type { Column } from './columns.ts';
import { bindEncoder, keepEncoded } from './encode-rows.ts';
import { type EncoderState, widthOf } from './encoder-state.ts';
import { fitEncoder } from './fit-encoder.ts';
import { directWeights, fitLogistic } from './fit-logistic.ts';
import type { Network, NetworkShape, Start } from './network.ts';
import { planTraining } from './plan-training.ts';
import { predictRows } from './predict-rows.ts';
import { type Task, trainNetwork } from './train-network.ts';

export interface EnsembleTraining {
  readonly backend: Backend;
  readonly columns: readonly Column[];
  /** By row of the columns: 0 or 1, or any number; that of rows which are not trained on is not looked at. */
  readonly target: Float32Array;
  readonly task: Task;
  /** The rows to learn from. */
  readonly rows: Int32Array;
  /** The same seed gives the same ensemble on the same backend. */
  readonly seed: number;
  /** `quick` trains fewer networks for half as long: for models that only help another estimate. */
  readonly effort?: 'full' | 'quick';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Networks whose outputs are averaged, and how columns become their inputs. */
export interface Ensemble {
  readonly task: Task;
  readonly encoder: EncoderState;
  readonly networks: readonly Network[];
  /** What the outputs of a `number` are multiplied by, and what is added then; 1 and 0 for `binary`. */
  readonly scale: number;
  readonly offset: number;
}

export interface FittedEnsemble {
  readonly ensemble: Ensemble;
  /** For each of the training rows, in their order, the output of networks that did not learn from it. */
  readonly outOfFold: Float64Array;
}

/**
 * Trains a small ensemble: each network leaves out one fold of the rows, stops early by it, and gives outputs for it. Outputs are log odds
 * for `binary`, before calibration, and values for `number`.
 */
export async function fitEnsemble(training: EnsembleTraining): Promise<FittedEnsemble> {
  const { columns, rows, seed, task, backend, signal, onProgress, effort = 'full' } = training;
  const plan = planTraining(rows.length, effort);
  const encoder = fitEncoder(columns, rows, plan.encoder);
  const bound = keepEncoded(bindEncoder(encoder, columns), rows);
  const { target, scale, offset } = standardised(training);
  const folds = splitFolds(rows.length, target, rows, plan.folds, seed, task);
  const outOfFold = new Float64Array(rows.length);
  const networks: Network[] = [];
  const starts: Start[] = [];
  for (const [recipeIndex, recipe] of plan.recipes.entries()) {
    for (const [index, fold] of folds.entries()) {
      const validation = Int32Array.from(fold, (place) => rows[place] ?? 0);
      const others = folds.filter((_, other) => other !== index).flatMap((other) => [...other]);
      const training = Int32Array.from(others, (place) => rows[place] ?? 0);
      const start = starts[index] ?? startFor(task, encoder, columns, target, training);
      starts[index] = start;
      const trained = await trainNetwork({
        ...{ backend, encoder: bound, shape: shapeFor(encoder, recipe.hidden), task, target, recipe, signal },
        rows: training,
        start,
        validation,
        chance: createChance(seed, `network ${recipeIndex} ${index}`),
      });
      networks.push(trained.network);
      for (const [at, place] of fold.entries()) {
        outOfFold[place] = (outOfFold[place] ?? 0) + (trained.outputs[at] ?? 0) / plan.recipes.length;
      }
      onProgress?.(networks.length, plan.recipes.length * folds.length);
    }
  }
  const values = outOfFold.map((output) => output * scale + offset);
  return { ensemble: { task, encoder, networks, scale, offset }, outOfFold: values };
}

/** The outputs of an ensemble for rows of columns: log odds before calibration, or values. */
export function predictEnsemble(
  backend: Backend,
  { encoder, networks, scale, offset }: Ensemble,
  columns: readonly Column[],
  rows: Int32Array,
): Float64Array {
  const outputs = predictRows(backend, networks, bindEncoder(encoder, columns), rows);
  return scale === 1 && offset === 0 ? outputs : outputs.map((output) => output * scale + offset);
}

/** A network for an outcome begins as logistic regression, and learns what that lacks. */
function startFor(
  task: Task,
  encoder: EncoderState,
  columns: readonly Column[],
  target: Float32Array,
  rows: Int32Array,
): Start {
  const features = encoder.features
    .filter((feature) => feature.kind !== 'embedding')
    .map((feature) => (feature.kind === 'category' ? feature : { ...feature, edges: [] }));
  if (task === 'binary') return directWeights(fitLogistic(columns, target, rows, { features }), encoder);
  const width = encoder.features.reduce((sum, feature) => sum + widthOf(feature), 0);
  return { direct: new Float32Array(width), bias: 0 };
}

function shapeFor({ features }: EncoderState, hidden: readonly [number, number]): NetworkShape {
  const embeddings = features.flatMap((feature) =>
    feature.kind === 'embedding' ? [{ levels: feature.levels.length + 2, size: feature.size }] : [],
  );
  return { inputs: features.reduce((sum, feature) => sum + widthOf(feature), 0), embeddings, hidden };
}

/** Numbers are learned with a mean of 0 and a spread of 1. */
function standardised({ task, target, rows }: EnsembleTraining) {
  if (task === 'binary') return { target, scale: 1, offset: 0 };
  let sum = 0;
  let squares = 0;
  for (const row of rows) sum += target[row] ?? 0;
  const offset = sum / rows.length;
  for (const row of rows) squares += ((target[row] ?? 0) - offset) ** 2;
  const scale = Math.sqrt(squares / rows.length) || 1;
  return { target: target.map((value) => (value - offset) / scale), scale, offset };
}

/** Places in the list of rows, by fold; of a `binary` target each fold has its share of both. */
function splitFolds(
  count: number,
  target: Float32Array,
  rows: Int32Array,
  folds: number,
  seed: number,
  task: Task,
): Int32Array[] {
  const order = [...shuffledRows(count, createChance(seed, 'folds'))];
  const isYes = (place: number) => task === 'binary' && (target[rows[place] ?? 0] ?? 0) > 0.5;
  const ordered = [...order.filter(isYes), ...order.filter((place) => !isYes(place))];
  return Array.from({ length: folds }, (_, fold) =>
    Int32Array.from(ordered.filter((_place, index) => index % folds === fold)),
  );
}
