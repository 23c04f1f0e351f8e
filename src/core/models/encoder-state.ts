/** How one column becomes inputs of a network; plain JSON, a part of the model. */
export type FeatureState = NumberState | CategoryState | EmbeddingState;

export interface NumberState {
  readonly kind: 'number' | 'time';
  readonly column: string;
  readonly mean: number;
  /** A standard deviation; never 0. */
  readonly scale: number;
  /** Quantiles, rising; between each two lies a piece of the piecewise linear encoding. */
  readonly edges: readonly number[];
  /** Is there an input that says that the value is missing? */
  readonly missing: boolean;
  /** For times: which circles the time is put on. */
  readonly cycles: readonly Cycle[];
}

export type Cycle = 'day' | 'week' | 'year';

export interface CategoryState {
  readonly kind: 'category';
  readonly column: string;
  /** The levels with an input of their own; one more is for all others, which includes levels never seen, and one for none. */
  readonly levels: readonly string[];
  /** The share of the values in the training that had another level than these and those of the column's embedding. */
  readonly rest: number;
}

export interface EmbeddingState {
  readonly kind: 'embedding';
  readonly column: string;
  /** Levels with a row in the table, after the row 0 for all others and the row 1 for none. */
  readonly levels: readonly string[];
  /** Numbers in a row of the table. */
  readonly size: number;
}

export interface EncoderState {
  readonly features: readonly FeatureState[];
}

/** Inputs of a feature that are computed, not learned. */
export function widthOf(feature: FeatureState): number {
  if (feature.kind === 'embedding') return 0;
  if (feature.kind === 'category') return feature.levels.length + 2;
  return 1 + Math.max(0, feature.edges.length - 1) + feature.cycles.length * 2 + (feature.missing ? 1 : 0);
}
