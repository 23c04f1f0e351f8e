import type { Distributions } from './distributions.ts';
import type { SizeQuestion } from './fixed-horizon.ts';
import { type Boundary, contrastAt, type Group } from './rate-difference.ts';

// With less, a handful of successes would be taken for a normal sum.
const LEAST_TUNING = 1;

/**
 * The variance at which a confidence sequence is narrowest, as the parameter ρ of its mixture. It must not depend on
 * outcomes: take the sizes of the groups and the rate that was expected before the start.
 * Source: Howard, Ramdas, McAuliffe and Sekhon (2021), Time-uniform, nonparametric, nonasymptotic confidence sequences, section 3.5.
 */
export function tuneSequence(first: number, second: number, baseline: number, alpha: number): number {
  const variance = weightOf(first, second) * baseline * (1 - baseline);
  let ratio = 2 * Math.log(1 / alpha);
  // The solution of r = ln(1 + r) - 2 ln α; each step brings some two digits.
  for (let step = 0; step < 20; step += 1) ratio = Math.log1p(ratio) + 2 * Math.log(1 / alpha);
  return Math.max(LEAST_TUNING, variance / ratio);
}

/**
 * The boundary that a sum crosses at any time at all with a chance of at most `alpha`: Robbins' normal mixture.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Time-uniform central limit theory, theorem 2.2.
 */
export function sequenceBoundary(tuning: number, alpha: number): Boundary {
  return (variance) => (variance + tuning) * Math.log((variance + tuning) / (tuning * alpha * alpha));
}

/** A p-value of equal rates that may be looked at as often as one likes: one over the mixture's wealth. */
export function sequenceP(first: Group, second: Group, tuning: number): number {
  if (first.customers === 0 || second.customers === 0) return 1;
  const { sum, variance } = contrastAt(first, second, 0);
  const spread = variance + tuning;
  return Math.min(1, Math.sqrt(spread / tuning) * Math.exp(-(sum * sum) / (2 * spread)));
}

/** Customers that each of two groups needs for a verdict, with this power, by the time that all of them are in. */
export function sequenceSize(
  { baseline, difference, alpha, power }: SizeQuestion,
  distributions: Distributions,
): number {
  const other = baseline + difference;
  const middle = (baseline + other) / 2;
  const zPower = distributions.normalQuantile(power);
  const spread = (baseline * (1 - baseline) + other * (1 - other)) / 2;
  const isEnough = (size: number): boolean => {
    const weight = weightOf(size, size);
    const boundary = sequenceBoundary(tuneSequence(size, size, baseline, alpha), alpha);
    const needed = Math.sqrt(boundary(weight * middle * (1 - middle))) + zPower * Math.sqrt(weight * spread);
    return weight * Math.abs(difference) >= needed;
  };
  let high = 2;
  while (!isEnough(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const size = Math.floor((low + high) / 2);
    if (isEnough(size)) high = size;
    else low = size;
  }
  return high;
}

function weightOf(first: number, second: number): number {
  return first + second === 0 ? 0 : (first * second) / (first + second);
}
