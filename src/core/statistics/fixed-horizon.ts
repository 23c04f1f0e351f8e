import { type Distributions, twoSided } from './distributions.ts';
import { type Boundary, contrastAt, type Group } from './rate-difference.ts';

/** The boundary of one look, decided on before the start. */
export function fixedBoundary(alpha: number, distributions: Distributions): Boundary {
  const z = distributions.normalQuantile(1 - alpha / 2);
  return (variance) => z * z * variance;
}

/** The two-sided p-value of equal rates at that look; it agrees with the interval of the same boundary. */
export function fixedP(first: Group, second: Group, distributions: Distributions): number {
  if (first.customers === 0 || second.customers === 0) return 1;
  const { sum, variance } = contrastAt(first, second, 0);
  return variance === 0 ? 1 : twoSided(distributions, sum / Math.sqrt(variance));
}

export interface SizeQuestion {
  /** The rate without a change. */
  readonly baseline: number;
  /** Added to the baseline, in the same unit. */
  readonly difference: number;
  readonly alpha: number;
  readonly power: number;
}

/** Customers that each of two groups needs. Source: Fleiss, Levin and Paik (2003), formula 4.14. */
export function fixedSize(
  { baseline, difference, alpha, power }: SizeQuestion,
  distributions: Distributions,
): number {
  const other = baseline + difference;
  const middle = (baseline + other) / 2;
  const zAlpha = distributions.normalQuantile(1 - alpha / 2);
  const zPower = distributions.normalQuantile(power);
  const underNull = Math.sqrt(2 * middle * (1 - middle));
  const underChange = Math.sqrt(baseline * (1 - baseline) + other * (1 - other));
  return Math.ceil(((zAlpha * underNull + zPower * underChange) / difference) ** 2);
}
