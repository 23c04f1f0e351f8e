import type { Column } from './columns.ts';
import { bindEncoder } from './encode-rows.ts';
import { type EncoderState, type FeatureState, widthOf } from './encoder-state.ts';
import { fitEncoder } from './fit-encoder.ts';
import { sigmoid, softplus } from './log-odds.ts';
import { minimise } from './minimise.ts';

/** Logistic regression over standardised numbers and frequent levels: what a model has to beat. */
export interface Logistic {
  readonly encoder: EncoderState;
  /** One for each input, then the intercept. */
  readonly weights: Float64Array;
}

// As in scikit-learn's default: half the sum of squared weights is added to the sum of losses.
const PENALTY = 1;

/** Fits it by L-BFGS to the rows given, with the ridge penalty. */
export function fitLogistic(
  columns: readonly Column[],
  target: Float32Array,
  rows: Int32Array,
  encoder: EncoderState = fitEncoder(columns, rows, { pieces: 0, oneHot: 50, embedded: 0 }),
): Logistic {
  const width = encoder.features.reduce((sum, feature) => sum + widthOf(feature), 0);
  const sparse = encodeSparse(encoder, columns, rows, width);
  const weights = minimise(new Float64Array(width + 1), (at, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let place = 0; place < rows.length; place += 1) {
      const wanted = target[rows[place] ?? 0] ?? 0;
      const output = product(sparse, place, at) + (at[width] ?? 0);
      loss += softplus(output) - wanted * output;
      addTo(gradient, sparse, place, sigmoid(output) - wanted);
      gradient[width] = (gradient[width] ?? 0) + sigmoid(output) - wanted;
    }
    for (let input = 0; input < width; input += 1) {
      const weight = at[input] ?? 0;
      loss += 0.5 * PENALTY * weight * weight;
      gradient[input] = (gradient[input] ?? 0) + PENALTY * weight;
    }
    // Per row, so that steps and tolerance do not depend on how many there are.
    for (let input = 0; input <= width; input += 1) gradient[input] = (gradient[input] ?? 0) / rows.length;
    return loss / rows.length;
  });
  return { encoder, weights };
}

/** Probabilities of rows of columns. */
export function predictLogistic(
  { encoder, weights }: Logistic,
  columns: readonly Column[],
  rows: Int32Array,
): Float64Array {
  const width = weights.length - 1;
  const sparse = encodeSparse(encoder, columns, rows, width);
  return Float64Array.from(rows, (_, place) =>
    sigmoid(product(sparse, place, weights) + (weights[width] ?? 0)),
  );
}

/** The inputs that are not 0, row by row. */
interface SparseRows {
  /** Where each row begins, and after the last where it ends. */
  readonly starts: Int32Array;
  readonly inputs: Int32Array;
  readonly values: Float64Array;
}

function encodeSparse(
  encoder: EncoderState,
  columns: readonly Column[],
  rows: Int32Array,
  width: number,
): SparseRows {
  const bound = bindEncoder(encoder, columns);
  const starts = new Int32Array(rows.length + 1);
  // A number has a value, the sines and cosines of its circles, or the sign that it is missing; a category has one level.
  const most = encoder.features.reduce((sum, { kind }) => sum + (kind === 'time' ? 7 : 1), 0);
  const inputs = new Int32Array(rows.length * most);
  const values = new Float64Array(rows.length * most);
  const dense = new Float32Array(width);
  let count = 0;
  for (const [place, row] of rows.entries()) {
    starts[place] = count;
    dense.fill(0);
    bound.write(row, dense, 0);
    for (let input = 0; input < width; input += 1) {
      if (dense[input] === 0) continue;
      inputs[count] = input;
      values[count] = dense[input] ?? 0;
      count += 1;
    }
  }
  starts[rows.length] = count;
  return { starts, inputs, values };
}

function product({ starts, inputs, values }: SparseRows, place: number, weights: Float64Array): number {
  let sum = 0;
  const end = starts[place + 1] ?? 0;
  for (let at = starts[place] ?? 0; at < end; at += 1)
    sum += (values[at] ?? 0) * (weights[inputs[at] ?? 0] ?? 0);
  return sum;
}

function addTo(
  gradient: Float64Array,
  { starts, inputs, values }: SparseRows,
  place: number,
  factor: number,
): void {
  const end = starts[place + 1] ?? 0;
  for (let at = starts[place] ?? 0; at < end; at += 1) {
    const input = inputs[at] ?? 0;
    gradient[input] = (gradient[input] ?? 0) + factor * (values[at] ?? 0);
  }
}

/** The same regression as weights of the direct path of a network with this encoder, with its intercept. */
export function directWeights(
  { encoder, weights }: Logistic,
  network: EncoderState,
): { readonly direct: Float32Array; readonly bias: number } {
  const places = new Map<string, number>();
  let at = 0;
  for (const feature of encoder.features) {
    places.set(feature.column, at);
    at += widthOf(feature);
  }
  const width = network.features.reduce((sum, feature) => sum + widthOf(feature), 0);
  const direct = new Float32Array(width);
  let to = 0;
  for (const feature of network.features) {
    const from = places.get(feature.column);
    if (from !== undefined) copyFeature(feature, weights, from, direct, to);
    to += widthOf(feature);
  }
  return { direct, bias: weights[weights.length - 1] ?? 0 };
}

/** Pieces of numbers begin at 0; all else has the same inputs in both encoders. */
function copyFeature(
  feature: FeatureState,
  weights: Float64Array,
  from: number,
  direct: Float32Array,
  to: number,
): void {
  const own = widthOf(feature);
  const pieces =
    feature.kind === 'number' || feature.kind === 'time' ? Math.max(0, feature.edges.length - 1) : 0;
  for (let input = 0; input < own - pieces; input += 1) {
    direct[to + (input === 0 ? 0 : input + pieces)] = weights[from + input] ?? 0;
  }
}
