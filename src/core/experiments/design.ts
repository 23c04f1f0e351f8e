import { canonicalJson, sha256 } from '../canonical-json.ts';

/**
 * `fixed`: one look, when so many were assigned and the time is over. `always_valid`: look whenever you like.
 */
export type ExperimentMode = 'fixed' | 'always_valid';

/** What counts as a success. Opens never do: machines open mails. */
export type ExperimentMetric = 'clicks' | 'conversions';

/** How a campaign is going to be judged: chosen before the start, kept with its hash, and not changed afterwards. */
export interface ExperimentDesign {
  readonly mode: ExperimentMode;
  readonly metric: ExperimentMetric;
  /** The rate that is expected without a change. */
  readonly baseline: number;
  /** The smallest difference that should be found, added to the baseline; null where no size was planned. */
  readonly difference: number | null;
  /** Customers that each variant needs; null where no size was planned. */
  readonly per_variant: number | null;
  /** The chance, in all comparisons together, of finding a winner where there is none. */
  readonly alpha: number;
  /** The chance of finding that difference. */
  readonly power: number;
  /** Outcomes count from the start of the campaign until so many days after its last mail. */
  readonly days: number;
}

/** SHA-256 over the canonical JSON of a design. */
export function hashDesign(design: ExperimentDesign): string {
  return sha256(canonicalJson(design));
}

/** How many pairs there are of so many variants: each is a comparison. */
export function countPairs(variants: number): number {
  return (variants * (variants - 1)) / 2;
}
