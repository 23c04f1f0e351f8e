import type { Backend, LayeredNetwork } from './backend.ts';
import type { Chance } from './chance.ts';

/** A network of two hidden layers with a linear path beside them; embeddings are columns after the computed inputs. */
export interface NetworkShape {
  /** Computed inputs. */
  readonly inputs: number;
  readonly embeddings: readonly { readonly levels: number; readonly size: number }[];
  readonly hidden: readonly [number, number];
}

export interface Network {
  readonly shape: NetworkShape;
  /** All weights, in the order of `listBlocks`. */
  readonly weights: Float32Array;
}

/** One matrix or vector among the weights. */
export interface Block {
  readonly from: number;
  readonly to: number;
  /** Drawn towards 0 while training. */
  readonly decays: boolean;
}

export interface Blocks {
  readonly first: Block;
  readonly firstBias: Block;
  readonly second: Block;
  readonly secondBias: Block;
  readonly last: Block;
  readonly lastBias: Block;
  /** From every input straight to the output. */
  readonly direct: Block;
  readonly tables: readonly Block[];
  readonly total: number;
}

/** Inputs of the first layer: the computed ones and the embeddings. */
export function inputsOf({ inputs, embeddings }: NetworkShape): number {
  return embeddings.reduce((sum, { size }) => sum + size, inputs);
}

/** Where each matrix lies among the weights. */
export function listBlocks(shape: NetworkShape): Blocks {
  let at = 0;
  const take = (size: number, decays: boolean): Block => {
    const from = at;
    at += size;
    return { from, to: at, decays };
  };
  const [first, second] = shape.hidden;
  const inputs = inputsOf(shape);
  return {
    first: take(inputs * first, true),
    firstBias: take(first, false),
    second: take(first * second, true),
    secondBias: take(second, false),
    last: take(second, true),
    lastBias: take(1, false),
    direct: take(inputs, true),
    tables: shape.embeddings.map(({ levels, size }) => take(levels * size, true)),
    total: at,
  };
}

/** Where a network begins: a linear model of the computed inputs. */
export interface Start {
  readonly direct: Float32Array;
  readonly bias: number;
}

/** A network as it begins: the hidden layers random (He et al. 2015) and without effect yet, so that it gives what the linear model gives. */
export function createNetwork(shape: NetworkShape, chance: Chance, start: Start): Network {
  const blocks = listBlocks(shape);
  const weights = new Float32Array(blocks.total);
  const fill = ({ from, to }: Block, deviation: number) => {
    for (let at = from; at < to; at += 1) weights[at] = deviation * chance.normal();
  };
  // Of the inputs that are 0 or 1 few are 1 at a time, so the usual divisor would begin too small.
  fill(blocks.first, Math.sqrt(2 / Math.sqrt(inputsOf(shape) * 12)));
  fill(blocks.second, Math.sqrt(2 / shape.hidden[0]));

  for (const [index, table] of blocks.tables.entries()) {
    fill(table, 0.3);
    // The row of all other levels stays neutral where no row of training has one.
    weights.fill(0, table.from, table.from + (shape.embeddings[index]?.size ?? 0));
  }
  weights[blocks.lastBias.from] = start.bias;
  weights.set(start.direct, blocks.direct.from);
  return { shape, weights };
}

/** The network as a backend takes it, to score with. */
export function layersOf({ shape, weights }: Network): LayeredNetwork {
  const blocks = listBlocks(shape);
  const of = ({ from, to }: Block) => weights.subarray(from, to);
  return {
    layers: [
      { weights: of(blocks.first), bias: of(blocks.firstBias) },
      { weights: of(blocks.second), bias: of(blocks.secondBias) },
      { weights: of(blocks.last), bias: of(blocks.lastBias) },
    ],
    direct: of(blocks.direct),
  };
}

/** What a network makes of some rows. */
export interface Pass {
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly output: Float32Array;
}

/** Inputs (rows × inputs, embeddings filled in) through the network; factors of dropout multiply the hidden layers. */
export function runForward(
  backend: Backend,
  { shape, weights }: Network,
  blocks: Blocks,
  inputs: Float32Array,
  rows: number,
  drop: { readonly first: Float32Array; readonly second: Float32Array },
): Pass {
  const [hidden1, hidden2] = shape.hidden;
  const width = inputsOf(shape);
  const of = ({ from, to }: Block) => weights.subarray(from, to);
  const first = backend.multiply(inputs, of(blocks.first), { rows, inner: width, columns: hidden1 });
  activate(first, of(blocks.firstBias), drop.first);
  const second = backend.multiply(first, of(blocks.second), { rows, inner: hidden1, columns: hidden2 });
  activate(second, of(blocks.secondBias), drop.second);
  const output = addOutput(second, of(blocks.last), hidden2, weights[blocks.lastBias.from] ?? 0, rows);
  addDirect(output, inputs, of(blocks.direct));
  return { first, second, output };
}

/** Adds the bias of each column and cuts off what is below 0, in place. */
function activate(layer: Float32Array, bias: Float32Array, factors: Float32Array): void {
  const columns = bias.length;
  for (let at = 0; at < layer.length; at += columns) {
    for (let column = 0; column < columns; column += 1) {
      const value = (layer[at + column] ?? 0) + (bias[column] ?? 0);
      layer[at + column] = Math.max(value, 0);
    }
  }
  for (let at = 0; at < layer.length; at += 1) layer[at] = (layer[at] ?? 0) * (factors[at] ?? 0);
}

function addOutput(
  layer: Float32Array,
  last: Float32Array,
  columns: number,
  bias: number,
  rows: number,
): Float32Array {
  const output = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let sum = bias;
    const at = row * columns;
    for (let column = 0; column < columns; column += 1)
      sum += (layer[at + column] ?? 0) * (last[column] ?? 0);
    output[row] = sum;
  }
  return output;
}

function addDirect(output: Float32Array, inputs: Float32Array, direct: Float32Array): void {
  const width = direct.length;
  for (let row = 0; row < output.length; row += 1) {
    let sum = 0;
    const at = row * width;
    for (let column = 0; column < width; column += 1)
      sum += (inputs[at + column] ?? 0) * (direct[column] ?? 0);
    output[row] = (output[row] ?? 0) + sum;
  }
}
