import type { Distributions } from './distributions.ts';
import type { Group } from './rate-difference.ts';

const NODES = 256;

/**
 * How likely each group has the highest rate, after what was seen and with any rate taken for equally likely before: what
 * Thompson sampling draws a group with. They add up to 1. Numerical, over quantiles of each rate's beta distribution.
 */
export function bestProbabilities(groups: readonly Group[], distributions: Distributions): readonly number[] {
  const rates = groups.map(({ customers, succeeded }) => ({
    a: 1 + succeeded,
    b: 1 + customers - succeeded,
  }));
  const raw = rates.map(({ a, b }, own) => {
    let sum = 0;
    for (let node = 0; node < NODES; node += 1) {
      const x = distributions.betaQuantile((node + 0.5) / NODES, a, b);
      sum += rates.reduce(
        (product, rate, other) =>
          other === own ? product : product * distributions.betaBelow(x, rate.a, rate.b),
        1,
      );
    }
    return sum / NODES;
  });
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
}
