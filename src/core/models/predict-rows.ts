import type { Backend } from './backend.ts';
import type { RowEncoder } from './encode-rows.ts';
import { createBatch, fillEmbeddings, fillInputs } from './fill-batch.ts';
import { listBlocks, type Network, runForward } from './network.ts';

const CHUNK = 2_048;

/** The mean output of networks of one shape of inputs for each of these rows, before any calibration. */
export function predictRows(
  backend: Backend,
  networks: readonly Network[],
  encoder: RowEncoder,
  rows: Int32Array,
): Float64Array {
  const outputs = new Float64Array(rows.length);
  const [first] = networks;
  if (first === undefined) return outputs;
  const batch = createBatch(first.shape, Math.min(CHUNK, rows.length));
  const blocks = networks.map(({ shape }) => listBlocks(shape));
  for (let from = 0; from < rows.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, rows.length);
    fillInputs(batch, first.shape, encoder, rows, from, to);
    const inputs = batch.inputs.subarray(
      0,
      ((to - from) * batch.inputs.length) / Math.min(CHUNK, rows.length),
    );
    for (const [index, network] of networks.entries()) {
      const own = blocks[index];
      if (own === undefined) continue;
      fillEmbeddings(batch, network, to - from);
      const { output } = runForward(backend, network, own, inputs, to - from);
      for (let row = 0; row < output.length; row += 1) {
        outputs[from + row] = (outputs[from + row] ?? 0) + (output[row] ?? 0) / networks.length;
      }
    }
  }
  return outputs;
}
