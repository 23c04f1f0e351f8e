import { ReferralError } from '../errors.ts';
import {
  BACKENDS,
  type Backend,
  type BackendName,
  type LayeredNetwork,
  type LoadedNetwork,
  type MatrixSize,
} from './backend.ts';
import { createChance } from './chance.ts';

type TensorFlow = typeof import('@tensorflow/tfjs-core');

interface Loaded {
  readonly tf: TensorFlow;
  /** What TensorFlow.js calls the backend. */
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
}

// Not among our packages: it downloads a native library when it is installed. Who has installed it gets it.
const NATIVE: string = '@tensorflow/tfjs-node';
const TOLERANCE = 1e-4;

const LOADERS: Readonly<Record<BackendName, () => Promise<Loaded>>> = {
  async 'tfjs-node'() {
    const tf = (await import(NATIVE)) as TensorFlow & { readonly version?: Readonly<Record<string, string>> };
    return { tf, engine: 'tensorflow', versions: { 'tfjs-core': tf.version_core, ...tf.version } };
  },
  async wasm() {
    const tf = await import('@tensorflow/tfjs-core');
    const { version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
    return {
      tf,
      engine: 'wasm',
      versions: { 'tfjs-core': tf.version_core, 'tfjs-backend-wasm': version_wasm },
    };
  },
  async cpu() {
    const tf = await import('@tensorflow/tfjs-core');
    const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
    return { tf, engine: 'cpu', versions: { 'tfjs-core': tf.version_core, 'tfjs-backend-cpu': version_cpu } };
  },
};

export interface OpenedBackend {
  readonly backend: Backend;
  /** Backends that were tried before it, and why they are not used. */
  readonly skipped: readonly { readonly name: BackendName; readonly reason: string }[];
}

/**
 * The first backend of TensorFlow.js that loads and multiplies rightly, of `names` or all. Throws `configuration_invalid` when none does.
 */
export async function openBackend(names: readonly BackendName[] = BACKENDS): Promise<OpenedBackend> {
  const skipped: { name: BackendName; reason: string }[] = [];
  for (const name of names) {
    try {
      const backend = await loadBackend(name);
      assertMultiplies(backend);
      return { backend, skipped };
    } catch (error) {
      skipped.push({ name, reason: firstLine(error) });
    }
  }
  throw new ReferralError('configuration_invalid', 'No backend of TensorFlow.js works on this machine', {
    reason: skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; '),
    hint: 'Install the program again (npm ci), and see docs/segments.md on backends.',
  });
}

async function loadBackend(name: BackendName): Promise<Backend> {
  const { tf, engine, versions } = await LOADERS[name]();
  // Else it advises, on standard output, to install another package.
  tf.enableProdMode();
  if (!(await tf.setBackend(engine))) throw new Error(`TensorFlow.js could not start its backend ${engine}`);
  await tf.ready();
  // Another one may have been opened since; a backend that has started is there at once.
  const choose = (): void => {
    if (tf.getBackend() !== engine) void tf.setBackend(engine);
  };
  return {
    name,
    versions,
    load(network) {
      choose();
      return loadNetwork(tf, network, choose);
    },
    multiply(a, b, { rows, inner, columns }) {
      choose();
      const left = tf.tensor2d(a.subarray(0, rows * inner), [rows, inner]);
      const right = tf.tensor2d(b, [inner, columns]);
      const product = tf.matMul(left, right);
      const values = product.dataSync() as Float32Array;
      tf.dispose([left, right, product]);
      return values;
    },
  };
}

function loadNetwork(tf: TensorFlow, { layers, direct }: LayeredNetwork, choose: () => void): LoadedNetwork {
  const kept = layers.map(({ weights, bias }) => ({
    weights: tf.tensor2d(weights, [weights.length / bias.length, bias.length]),
    bias: tf.tensor1d(bias),
  }));
  const path = tf.tensor2d(direct, [direct.length, 1]);
  return {
    run(inputs, rows) {
      choose();
      const outputs = tf.tidy(() => {
        const given = tf.tensor2d(inputs.subarray(0, rows * direct.length), [rows, direct.length]);
        const last = kept.reduce((layer, { weights, bias }, index) => {
          const activation = index < kept.length - 1 ? 'relu' : 'linear';
          return tf.fused.matMul({ a: layer, b: weights, bias, activation }) as typeof given;
        }, given);
        return tf.add(last, tf.matMul(given, path));
      });
      const values = outputs.dataSync() as Float32Array;
      outputs.dispose();
      return values;
    },
    release() {
      for (const { weights, bias } of kept) tf.dispose([weights, bias]);
      path.dispose();
    },
  };
}

/** A backend that gives other products than arithmetic does is not used. */
export function assertMultiplies(backend: Backend): void {
  assertProducts(backend);
  assertRuns(backend);
}

function assertProducts(backend: Backend): void {
  const chance = createChance(1, 'self-test');
  const size: MatrixSize = { rows: 5, inner: 37, columns: 9 };
  const a = Float32Array.from({ length: size.rows * size.inner }, () => chance.normal());
  const b = Float32Array.from({ length: size.inner * size.columns }, () => chance.normal());
  const product = backend.multiply(a, b, size);
  for (let row = 0; row < size.rows; row += 1) {
    for (let column = 0; column < size.columns; column += 1) {
      let sum = 0;
      for (let at = 0; at < size.inner; at += 1) {
        sum += (a[row * size.inner + at] ?? 0) * (b[at * size.columns + column] ?? 0);
      }
      const found = product[row * size.columns + column] ?? Number.NaN;
      if (!(Math.abs(found - sum) < TOLERANCE)) throw new Error('its self-test gives wrong products');
    }
  }
}

/** The same network, layer by layer in plain arithmetic. */
function assertRuns(backend: Backend): void {
  const chance = createChance(2, 'self-test');
  const draw = (length: number) => Float32Array.from({ length }, () => chance.normal());
  const [rows, inputs, hidden] = [5, 11, 7];
  const network = {
    layers: [
      { weights: draw(inputs * hidden), bias: draw(hidden) },
      { weights: draw(hidden), bias: draw(1) },
    ],
    direct: draw(inputs),
  } as const;
  const given = draw(rows * inputs);
  const loaded = backend.load(network);
  const outputs = loaded.run(given, rows);
  loaded.release();
  const [first, last] = network.layers;
  for (let row = 0; row < rows; row += 1) {
    const own = given.subarray(row * inputs, (row + 1) * inputs);
    let wanted = last.bias[0] ?? 0;
    for (const [at, value] of own.entries()) wanted += value * (network.direct[at] ?? 0);
    for (const [unit, bias] of first.bias.entries()) {
      let sum = bias;
      for (const [at, value] of own.entries()) sum += value * (first.weights[at * hidden + unit] ?? 0);
      wanted += Math.max(sum, 0) * (last.weights[unit] ?? 0);
    }
    if (!(Math.abs((outputs[row] ?? Number.NaN) - wanted) < TOLERANCE))
      throw new Error('its self-test gives wrong outputs');
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
