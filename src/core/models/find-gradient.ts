import type { Backend } from './backend.ts';
import { type Block, type Blocks, inputsOf, type Network, type Pass } from './network.ts';

export interface Batch {
  readonly rows: number;
  /** rows × inputs, the embeddings filled in. */
  readonly inputs: Float32Array;
  /** rows × embeddings: the row of each table that a row uses. */
  readonly levels: Int32Array;
}

/**
 * Writes into `gradient` how the loss of a batch changes with each weight. `errors` is the change of the loss with each output; `keep` is
 * what the kept parts of hidden layers were multiplied by (1 without dropout).
 */
export function findGradient(
  backend: Backend,
  network: Network,
  blocks: Blocks,
  batch: Batch,
  pass: Pass,
  errors: Float32Array,
  keep: number,
  gradient: Float32Array,
): void {
  const { shape, weights } = network;
  const { rows, inputs } = batch;
  const [hidden1, hidden2] = shape.hidden;
  const width = inputsOf(shape);
  const of = ({ from, to }: Block) => gradient.subarray(from, to);

  const change2 = lastLayer(pass.second, errors, weights.subarray(blocks.last.from, blocks.last.to), keep);
  sumProducts(pass.second, errors, of(blocks.last));
  of(blocks.lastBias)[0] = errors.reduce((sum, error) => sum + error, 0);
  sumProducts(inputs.subarray(0, rows * width), errors, of(blocks.direct));
  of(blocks.second).set(
    backend.multiply(transpose(pass.first, rows, hidden1), change2, {
      rows: hidden1,
      inner: rows,
      columns: hidden2,
    }),
  );
  sumColumns(change2, of(blocks.secondBias));

  const second = weights.subarray(blocks.second.from, blocks.second.to);
  const change1 = backend.multiply(change2, transpose(second, hidden1, hidden2), {
    rows,
    inner: hidden2,
    columns: hidden1,
  });
  for (let at = 0; at < change1.length; at += 1) {
    change1[at] = (pass.first[at] ?? 0) > 0 ? (change1[at] ?? 0) * keep : 0;
  }
  of(blocks.first).set(
    backend.multiply(transpose(inputs, rows, width), change1, { rows: width, inner: rows, columns: hidden1 }),
  );
  sumColumns(change1, of(blocks.firstBias));
  if (shape.embeddings.length > 0) addTables(backend, network, blocks, batch, change1, errors, gradient);
}

function lastLayer(
  layer: Float32Array,
  errors: Float32Array,
  last: Float32Array,
  keep: number,
): Float32Array {
  const columns = last.length;
  const change = new Float32Array(errors.length * columns);
  for (let row = 0; row < errors.length; row += 1) {
    const error = (errors[row] ?? 0) * keep;
    const at = row * columns;
    for (let column = 0; column < columns; column += 1) {
      if ((layer[at + column] ?? 0) > 0) change[at + column] = error * (last[column] ?? 0);
    }
  }
  return change;
}

/** The sum over rows of each column times the row's factor. */
function sumProducts(matrix: Float32Array, factors: Float32Array, sums: Float32Array): void {
  const columns = sums.length;
  sums.fill(0);
  for (let row = 0; row < factors.length; row += 1) {
    const factor = factors[row] ?? 0;
    const at = row * columns;
    for (let column = 0; column < columns; column += 1) {
      sums[column] = (sums[column] ?? 0) + (matrix[at + column] ?? 0) * factor;
    }
  }
}

function sumColumns(matrix: Float32Array, sums: Float32Array): void {
  const columns = sums.length;
  sums.fill(0);
  for (let at = 0; at < matrix.length; at += columns) {
    for (let column = 0; column < columns; column += 1) {
      sums[column] = (sums[column] ?? 0) + (matrix[at + column] ?? 0);
    }
  }
}

// Products of transposed matrices take a slow path on WASM; a copy is cheap beside that.
function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const at = row * columns;
    for (let column = 0; column < columns; column += 1)
      turned[column * rows + row] = matrix[at + column] ?? 0;
  }
  return turned;
}

/** The tables of embeddings: the inputs that came from them, added up by level. */
function addTables(
  backend: Backend,
  { shape, weights }: Network,
  blocks: Blocks,
  { rows, levels }: Batch,
  change1: Float32Array,
  errors: Float32Array,
  gradient: Float32Array,
): void {
  const [hidden1] = shape.hidden;
  const learned = inputsOf(shape) - shape.inputs;
  const from = blocks.first.from + shape.inputs * hidden1;
  const turned = transpose(weights.subarray(from, blocks.first.to), learned, hidden1);
  const change = backend.multiply(change1, turned, { rows, inner: hidden1, columns: learned });
  const direct = weights.subarray(blocks.direct.from + shape.inputs, blocks.direct.to);
  const extra = Float32Array.from(change, (value, at) => {
    const row = Math.floor(at / learned);
    return value + (errors[row] ?? 0) * (direct[at - row * learned] ?? 0);
  });
  let column = 0;
  for (const [index, { size }] of shape.embeddings.entries()) {
    const table = blocks.tables[index];
    if (table === undefined) continue;
    gradient.fill(0, table.from, table.to);
    for (let row = 0; row < rows; row += 1) {
      const level = levels[row * shape.embeddings.length + index] ?? 0;
      // The row of all others is not learned: it stands for levels never seen.
      if (level > 0) addVector(gradient, table.from + level * size, extra, row * learned + column, size);
    }
    column += size;
  }
}

function addVector(target: Float32Array, at: number, source: Float32Array, from: number, size: number): void {
  for (let place = 0; place < size; place += 1) {
    target[at + place] = (target[at + place] ?? 0) + (source[from + place] ?? 0);
  }
}
