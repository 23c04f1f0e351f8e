import type { Distributions } from './distributions.ts';

/** Below this the groups are not what the assignment would give, and no comparison of them can be trusted. */
export const SAMPLE_RATIO_ALPHA = 0.001;

/**
 * The p-value of Pearson's chi-squared test that counts come from these shares, which add up to 1. 1 where there is
 * nothing to compare. Source of the threshold: Fabijan et al. (2019), Diagnosing sample ratio mismatch.
 */
export function sampleRatioP(
  counts: readonly number[],
  shares: readonly number[],
  distributions: Distributions,
): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0 || counts.length < 2) return 1;
  let statistic = 0;
  for (const [index, count] of counts.entries()) {
    const expected = total * (shares[index] ?? 0);
    if (expected > 0) statistic += (count - expected) ** 2 / expected;
    else if (count > 0) return 0;
  }
  return distributions.chiSquaredAbove(statistic, counts.length - 1);
}
