import { loadDistributions } from '../statistics/distributions.ts';
import type { ExperimentDesign } from './design.ts';
import { findDetectable, planSize } from './plan-size.ts';

export interface PowerPlan {
  readonly campaign: string | null;
  readonly mode: ExperimentDesign['mode'];
  readonly metric: ExperimentDesign['metric'];
  readonly baseline: number;
  /** Null where none was named. */
  readonly difference: number | null;
  readonly alpha: number;
  readonly power: number;
  readonly days: number;
  readonly variants: number;
  /** Customers that each variant needs for that difference. */
  readonly per_variant: number | null;
  readonly customers: number | null;
  /** Customers that the smallest variant of the campaign has. */
  readonly has_per_variant: number | null;
  /** The smallest difference that these find with that power. */
  readonly detectable_difference: number | null;
}

/** What a design needs, and what it can find with so many customers in its smallest variant. */
export async function planPower(
  campaign: string | null,
  design: ExperimentDesign,
  variants: number,
  hasPerVariant: number | null,
): Promise<PowerPlan> {
  const distributions = await loadDistributions();
  const { mode, metric, baseline, difference, alpha, power, days } = design;
  const question = { mode, baseline, alpha, power };
  const perVariant =
    difference === null ? null : planSize({ ...question, difference }, variants, distributions);
  return {
    ...{ campaign, mode, metric, baseline, difference, alpha, power, days, variants },
    per_variant: perVariant,
    customers: perVariant === null ? null : perVariant * variants,
    has_per_variant: hasPerVariant,
    detectable_difference:
      hasPerVariant === null ? null : findDetectable(question, hasPerVariant, variants, distributions),
  };
}
