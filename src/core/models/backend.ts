/** The backends of TensorFlow.js, in the order in which they are tried. */
export const BACKENDS = ['tfjs-node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/**
 * What a model needs of TensorFlow.js: products of matrices, in which nearly all of its time goes. The port is this small so that a
 * network trains and scores in the same way on each backend, and another backend is one more way to multiply.
 */
export interface Backend {
  readonly name: BackendName;
  /** Versions of the libraries behind it, kept with every model. */
  readonly versions: Readonly<Record<string, string>>;
  /** `a` (rows × inner, by rows) times `b` (inner × columns, by rows); a new array, by rows. */
  multiply(a: Float32Array, b: Float32Array, size: MatrixSize): Float32Array;
}

export interface MatrixSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}
