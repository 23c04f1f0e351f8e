import type { RowEncoder } from './encode-rows.ts';
import { inputsOf, listBlocks, type Network, type NetworkShape } from './network.ts';

/** A batch that is filled again and again. */
export interface FilledBatch {
  readonly inputs: Float32Array;
  readonly levels: Int32Array;
}

/** Room for `rows` rows of a network's inputs. */
export function createBatch(shape: NetworkShape, rows: number): FilledBatch {
  return {
    inputs: new Float32Array(rows * inputsOf(shape)),
    levels: new Int32Array(rows * shape.embeddings.length),
  };
}

/** Writes the computed inputs of rows `from` to `to` (exclusive) of the list. */
export function fillInputs(
  batch: FilledBatch,
  shape: NetworkShape,
  encoder: RowEncoder,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  const width = inputsOf(shape);
  batch.inputs.fill(0, 0, (to - from) * width);
  for (let place = from; place < to; place += 1) {
    const row = rows[place] ?? 0;
    encoder.write(row, batch.inputs, (place - from) * width);
    encoder.writeLevels(row, batch.levels, (place - from) * encoder.embeddings);
  }
}

/** Writes what the network's own tables say about the levels of the batch. */
export function fillEmbeddings(batch: FilledBatch, { shape, weights }: Network, rows: number): void {
  if (shape.embeddings.length === 0) return;
  const width = inputsOf(shape);
  const { tables } = listBlocks(shape);
  let column = shape.inputs;
  for (const [index, { size }] of shape.embeddings.entries()) {
    const start = tables[index]?.from ?? 0;
    for (let row = 0; row < rows; row += 1) {
      const level = batch.levels[row * shape.embeddings.length + index] ?? 0;
      const at = start + level * size;
      batch.inputs.set(weights.subarray(at, at + size), row * width + column);
    }
    column += size;
  }
}
