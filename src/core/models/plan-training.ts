import type { EncoderOptions } from './fit-encoder.ts';
import type { Recipe } from './train-network.ts';

/** How an ensemble is trained on so many rows. */
export interface TrainingPlan {
  readonly encoder: EncoderOptions;
  /** Each network leaves another part out, stops early by it, and says about it what it has not learned from it. */
  readonly folds: number;
  /** One network for each fold and recipe. */
  readonly recipes: readonly Recipe[];
}

/**
 * The plan for a number of rows: with few rows small networks, drawn towards 0 strongly, and more of them; with many rows larger ones that
 * see each row less often, so that training time grows slowly.
 */
export function planTraining(rows: number, effort: 'full' | 'quick' = 'full'): TrainingPlan {
  const size = sizeFor(rows);
  const share = effort === 'quick' ? 0.5 : 1;
  const epochs = Math.max(5, Math.round(share * Math.min(40, 250_000 / rows + 8)));
  const recipe: Recipe = {
    hidden: size.hidden,
    dropout: 0.15,
    decay: size.decay,
    rate: 0.005,
    batch: size.batch,
    epochs,
    patience: Math.max(4, Math.ceil(epochs / 4)),
  };
  return {
    encoder: { pieces: size.pieces, oneHot: 24, embedded: rows < 3_000 ? 0 : 1_000 },
    folds: effort === 'quick' ? 3 : 5,
    recipes: [recipe],
  };
}

function sizeFor(rows: number) {
  if (rows < 1_500) return { hidden: [48, 24] as const, batch: 32, decay: 0.3, pieces: 10 };
  if (rows < 8_000) return { hidden: [64, 32] as const, batch: 64, decay: 0.15, pieces: 16 };
  if (rows < 25_000) return { hidden: [96, 48] as const, batch: 128, decay: 0.06, pieces: 20 };
  return { hidden: [112, 56] as const, batch: 256, decay: 0.03, pieces: 20 };
}
