/** The backends of TensorFlow.js, in the order in which they are tried. */
export const BACKENDS = ['tfjs-node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/**
 * What a model needs of TensorFlow.js: products of matrices, in which nearly all of its time goes, and several of them in a row where nothing is learned. The port
 * is this small so that a network trains and scores in the same way on each backend, and another backend is one more way to multiply.
 */
export interface Backend {
  readonly name: BackendName;
  /** Versions of the libraries behind it, kept with every model. */
  readonly versions: Readonly<Record<string, string>>;
  /** `a` (rows × inner, by rows) times `b` (inner × columns, by rows); a new array, by rows. */
  multiply(a: Float32Array, b: Float32Array, size: MatrixSize): Float32Array;
  /** Keeps the weights of a network in the memory of the backend, for scoring many rows; whoever loads it releases it. */
  load(network: LayeredNetwork): LoadedNetwork;
}

/** Layers one after the other, of which all but the last are cut off below 0, and a linear path beside them from every input to the only output. */
export interface LayeredNetwork {
  readonly layers: readonly DenseLayer[];
  readonly direct: Float32Array;
}

export interface DenseLayer {
  /** inner × columns, by rows. */
  readonly weights: Float32Array;
  /** One for each column. */
  readonly bias: Float32Array;
}

export interface LoadedNetwork {
  /** The output for each row of `inputs`, which are rows × inputs, by rows; a new array. */
  run(inputs: Float32Array, rows: number): Float32Array;
  release(): void;
}

export interface MatrixSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}
