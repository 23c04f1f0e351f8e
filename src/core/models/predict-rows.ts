import type { Backend } from './backend.ts';
import type { RowEncoder } from './encode-rows.ts';
import { createBatch, fillEmbeddings, fillInputs } from './fill-batch.ts';
import { layersOf, type Network } from './network.ts';

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
  const loaded = networks.map((network) => backend.load(layersOf(network)));
  try {
    for (let from = 0; from < rows.length; from += CHUNK) {
      const count = Math.min(CHUNK, rows.length - from);
      fillInputs(batch, first.shape, encoder, rows, from, from + count);
      for (const [index, network] of networks.entries()) {
        fillEmbeddings(batch, network, count);
        const own = loaded[index]?.run(batch.inputs, count) ?? [];
        for (let row = 0; row < count; row += 1) {
          outputs[from + row] = (outputs[from + row] ?? 0) + (own[row] ?? 0) / networks.length;
        }
      }
    }
  } finally {
    for (const network of loaded) network.release();
  }
  return outputs;
}
