import type { Column } from '../models/columns.ts';
import { bindEncoder } from '../models/encode-rows.ts';
import { type EncoderState, widthOf } from '../models/encoder-state.ts';
import { fitEncoder } from '../models/fit-encoder.ts';

/** Linear regression over the inputs that logistic regression takes. */
export interface Linear {
  readonly encoder: EncoderState;
  /** One for each input, then the intercept. */
  readonly weights: Float64Array;
}

// As for the logistic baseline: half the sum of squared weights is added, not that of the intercept.
const PENALTY = 1;

/** Fits it to the rows given, `values` by place in `rows`, with the ridge penalty: exact, by the normal equations. */
export function fitLinear(columns: readonly Column[], values: Float64Array, rows: Int32Array): Linear {
  const encoder = fitEncoder(columns, rows, { pieces: 0, oneHot: 50, embedded: 0 });
  const width = encoder.features.reduce((sum, feature) => sum + widthOf(feature), 0);
  const bound = bindEncoder(encoder, columns);
  const size = width + 1;
  const products = new Float64Array(size * size);
  const right = new Float64Array(size);
  const inputs = new Float32Array(size);
  for (const [place, row] of rows.entries()) {
    inputs.fill(0);
    bound.write(row, inputs, 0);
    inputs[width] = 1;
    addRow(products, right, inputs, values[place] ?? 0);
  }
  for (let input = 0; input < width; input += 1) {
    const at = input * size + input;
    products[at] = (products[at] ?? 0) + PENALTY;
  }
  return { encoder, weights: solve(products, right, size) };
}

/** The values of rows. */
export function predictLinear(
  { encoder, weights }: Linear,
  columns: readonly Column[],
  rows: Int32Array,
): Float64Array {
  const width = weights.length - 1;
  const bound = bindEncoder(encoder, columns);
  const inputs = new Float32Array(width);
  return Float64Array.from(rows, (row) => {
    inputs.fill(0);
    bound.write(row, inputs, 0);
    let sum = weights[width] ?? 0;
    for (let input = 0; input < width; input += 1) sum += (inputs[input] ?? 0) * (weights[input] ?? 0);
    return sum;
  });
}

/** Adds one row to the lower half of the normal equations. */
function addRow(products: Float64Array, right: Float64Array, inputs: Float32Array, value: number): void {
  const size = inputs.length;
  for (let first = 0; first < size; first += 1) {
    const own = inputs[first] ?? 0;
    if (own === 0) continue;
    right[first] = (right[first] ?? 0) + own * value;
    for (let second = 0; second <= first; second += 1) {
      const at = first * size + second;
      products[at] = (products[at] ?? 0) + own * (inputs[second] ?? 0);
    }
  }
}

/** Solves a positive definite system, of whose matrix the lower half is given, by Cholesky's decomposition. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  decompose(matrix, size);
  const at = (row: number, column: number): number => matrix[row * size + column] ?? 0;
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row += 1) {
    let value = solution[row] ?? 0;
    for (let other = 0; other < row; other += 1) value -= at(row, other) * (solution[other] ?? 0);
    solution[row] = value / at(row, row);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let value = solution[row] ?? 0;
    for (let other = row + 1; other < size; other += 1) value -= at(other, row) * (solution[other] ?? 0);
    solution[row] = value / at(row, row);
  }
  return solution;
}

/** Puts the triangular factor in the place of the lower half of the matrix. */
function decompose(matrix: Float64Array, size: number): void {
  const at = (row: number, column: number): number => matrix[row * size + column] ?? 0;
  // The element less what earlier columns make of it.
  const rest = (row: number, column: number): number => {
    let value = at(row, column);
    for (let other = 0; other < column; other += 1) value -= at(row, other) * at(column, other);
    return value;
  };
  for (let column = 0; column < size; column += 1) {
    const pivot = Math.sqrt(Math.max(rest(column, column), Number.MIN_VALUE));
    matrix[column * size + column] = pivot;
    for (let row = column + 1; row < size; row += 1) matrix[row * size + column] = rest(row, column) / pivot;
  }
}
