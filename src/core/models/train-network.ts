import { setImmediate } from 'node:timers/promises';
import { ReferralError } from '../errors.ts';
import type { Backend } from './backend.ts';
import { type Chance, shuffledRows } from './chance.ts';
import type { RowEncoder } from './encode-rows.ts';
import { createBatch, fillEmbeddings, fillInputs } from './fill-batch.ts';
import { findGradient } from './find-gradient.ts';
import { sigmoid, softplus } from './log-odds.ts';
import {
  type Blocks,
  createNetwork,
  listBlocks,
  type Network,
  type NetworkShape,
  runForward,
  type Start,
} from './network.ts';
import { predictRows } from './predict-rows.ts';

/** `binary`: 0 or 1, and the output is the logarithm of the odds. `number`: any number near 0 with a spread near 1. */
export type Task = 'binary' | 'number';

/** How one network is trained. */
export interface Recipe {
  readonly hidden: readonly [number, number];
  /** The share of hidden units left out at each step. */
  readonly dropout: number;
  /** Of the weights, per step, times the rate: AdamW (Loshchilov, Hutter 2019). */
  readonly decay: number;
  /** The highest rate; it rises over the first tenth of the steps and falls along a cosine. */
  readonly rate: number;
  readonly batch: number;
  readonly epochs: number;
  /** Epochs without a better loss on the validation part after which training stops. */
  readonly patience: number;
}

export interface NetworkTraining {
  readonly backend: Backend;
  readonly encoder: RowEncoder;
  readonly shape: NetworkShape;
  readonly task: Task;
  /** By row of the data set. */
  readonly target: Float32Array;
  readonly rows: Int32Array;
  readonly validation: Int32Array;
  readonly recipe: Recipe;
  readonly start: Start;
  readonly chance: Chance;
  readonly signal?: AbortSignal | undefined;
}

export interface TrainedNetwork {
  readonly network: Network;
  /** Outputs for the validation rows, of the epoch that did best there. */
  readonly outputs: Float64Array;
  readonly loss: number;
}

const BETA_1 = 0.9;
const BETA_2 = 0.99;
const TINY = 1e-8;

/** Trains a network by AdamW and keeps the weights of the epoch that did best on the validation part. */
export async function trainNetwork(training: NetworkTraining): Promise<TrainedNetwork> {
  const { backend, encoder, shape, task, target, validation, recipe, chance, signal } = training;
  const network = createNetwork(shape, chance, training.start);
  const epoch = createEpochs(training, network);
  const look = (): TrainedNetwork => {
    const outputs = predictRows(backend, [network], encoder, validation);
    const weights = network.weights.slice();
    return { network: { shape, weights }, outputs, loss: meanLoss(task, outputs, target, validation) };
  };
  let best = look();
  let sinceBest = 0;
  for (let done = 0; done < recipe.epochs && sinceBest < recipe.patience; done += 1) {
    // Lets a signal come in.
    await setImmediate();
    if (signal?.aborted === true) {
      throw new ReferralError('interrupted', 'The training was interrupted', {
        reason: 'nothing was kept',
        hint: 'Run it again: referral segments train --help',
      });
    }
    epoch();
    const now = look();
    sinceBest += 1;
    if (!(now.loss < best.loss)) continue;
    sinceBest = 0;
    best = now;
  }
  return best;
}

/** A function that goes over all rows once, each time it is called. */
function createEpochs(training: NetworkTraining, network: Network): () => void {
  const { rows, recipe, chance } = training;
  const order = Int32Array.from(shuffledRows(rows.length, chance), (place) => rows[place] ?? 0);
  const size = Math.min(recipe.batch, rows.length);
  const step = createStep(training, network, size);
  const steps = Math.max(1, Math.floor(rows.length / size));
  const all = steps * recipe.epochs;
  let done = 0;
  return () => {
    chance.shuffle(order);
    for (let index = 0; index < steps; index += 1) {
      step(order, index * size, rateAt(recipe.rate, done / all));
      done += 1;
    }
  };
}

function rateAt(rate: number, share: number): number {
  if (share < 0.1) return (rate * (share + 0.005)) / 0.105;
  return rate * (0.5 * (1 + Math.cos((Math.PI * (share - 0.1)) / 0.9)) * 0.99 + 0.01);
}

function createStep(training: NetworkTraining, network: Network, size: number) {
  const { backend, encoder, shape, task, target, recipe, chance } = training;
  const blocks = listBlocks(shape);
  const batch = createBatch(shape, size);
  const gradient = new Float32Array(blocks.total);
  const update = createUpdate(network.weights, blocks, recipe.decay);
  const errors = new Float32Array(size);
  const drop = {
    first: new Float32Array(size * shape.hidden[0]),
    second: new Float32Array(size * shape.hidden[1]),
  };
  const keep = 1 / (1 - recipe.dropout);
  return (order: Int32Array, from: number, rate: number): void => {
    fillInputs(batch, shape, encoder, order, from, from + size);
    fillEmbeddings(batch, network, size);
    drawFactors(drop.first, recipe.dropout, keep, chance);
    drawFactors(drop.second, recipe.dropout, keep, chance);
    const pass = runForward(backend, network, blocks, batch.inputs, size, drop);
    for (let row = 0; row < size; row += 1) {
      const wanted = target[order[from + row] ?? 0] ?? 0;
      const output = pass.output[row] ?? 0;
      errors[row] = ((task === 'binary' ? sigmoid(output) : output) - wanted) / size;
    }
    const filled = { rows: size, inputs: batch.inputs, levels: batch.levels };
    findGradient(backend, network, blocks, filled, pass, errors, keep, gradient);
    update(gradient, rate);
  };
}

// Four factors from one draw: which units are left out needs no fine chance.
function drawFactors(factors: Float32Array, dropout: number, keep: number, chance: Chance): void {
  if (dropout === 0) {
    factors.fill(1);
    return;
  }
  const limit = Math.round(dropout * 256);
  for (let at = 0; at < factors.length; at += 4) {
    const draw = Math.floor(chance.next() * 4_294_967_296);
    for (let part = 0; part < 4; part += 1) {
      factors[at + part] = ((draw >>> (part * 8)) & 0xff) < limit ? 0 : keep;
    }
  }
}

/** Adam with decoupled decay; corrects the means for having begun at 0. */
function createUpdate(weights: Float32Array, blocks: Blocks, decay: number) {
  const first = new Float32Array(weights.length);
  const second = new Float32Array(weights.length);
  const { tables, total: _total, ...named } = blocks;
  const all = [...Object.values(named), ...tables];
  let steps = 0;
  return (gradient: Float32Array, rate: number): void => {
    steps += 1;
    const correct1 = 1 / (1 - BETA_1 ** steps);
    const correct2 = 1 / (1 - BETA_2 ** steps);
    for (const { from, to, decays } of all) {
      const shrink = decays ? 1 - rate * decay : 1;
      for (let at = from; at < to; at += 1) {
        const slope = gradient[at] ?? 0;
        const mean = BETA_1 * (first[at] ?? 0) + (1 - BETA_1) * slope;
        const square = BETA_2 * (second[at] ?? 0) + (1 - BETA_2) * slope * slope;
        first[at] = mean;
        second[at] = square;
        const move = (rate * mean * correct1) / (Math.sqrt(square * correct2) + TINY);
        weights[at] = (weights[at] ?? 0) * shrink - move;
      }
    }
  };
}

/** The mean loss of outputs: the logarithmic one, or half the squared error. */
export function meanLoss(task: Task, outputs: Float64Array, target: Float32Array, rows: Int32Array): number {
  let sum = 0;
  for (const [place, row] of rows.entries()) {
    const output = outputs[place] ?? 0;
    const wanted = target[row] ?? 0;
    sum += task === 'binary' ? softplus(output) - wanted * output : 0.5 * (output - wanted) ** 2;
  }
  return sum / rows.length;
}
