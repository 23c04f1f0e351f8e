import { sequenceSize } from '../statistics/confidence-sequence.ts';
import type { Distributions } from '../statistics/distributions.ts';
import { fixedSize, type SizeQuestion } from '../statistics/fixed-horizon.ts';
import { countPairs, type ExperimentMode } from './design.ts';

export interface SizePlan extends SizeQuestion {
  readonly mode: ExperimentMode;
}

// The formulas are approximations; in simulations they come out up to a third of a percentage point below the power asked for.
const RESERVE = 1.02;

/**
 * Customers that each variant needs to find the difference with that power. With several variants each comparison gets its
 * share of α, as if Holm's correction did not gain anything.
 */
export function planSize(plan: SizePlan, variants: number, distributions: Distributions): number {
  const alpha = plan.alpha / Math.max(1, countPairs(variants));
  const find = plan.mode === 'fixed' ? fixedSize : sequenceSize;
  return Math.ceil(find({ ...plan, alpha }, distributions) * RESERVE);
}

/** The smallest difference that so many customers in each variant find with that power; null where none is. */
export function findDetectable(
  plan: Omit<SizePlan, 'difference'>,
  perVariant: number,
  variants: number,
  distributions: Distributions,
): number | null {
  const isEnough = (difference: number): boolean =>
    planSize({ ...plan, difference }, variants, distributions) <= perVariant;
  let high = 1 - plan.baseline - 1e-9;
  if (!isEnough(high)) return null;
  let low = 0;
  // To a thousandth of a percentage point.
  while (high - low > 1e-5) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
