import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustHolm } from './adjust-holm.ts';
import { bestProbabilities } from './best-probabilities.ts';
import { sequenceBoundary, sequenceP, sequenceSize, tuneSequence } from './confidence-sequence.ts';
import { loadDistributions } from './distributions.ts';
import { fixedBoundary, fixedP, fixedSize } from './fixed-horizon.ts';
import { contrastAt, differenceInterval, type Group, restrictedRates } from './rate-difference.ts';
import { sampleRatioP } from './sample-ratio.ts';

const distributions = await loadDistributions();

const group = fc
  .integer({ min: 1, max: 100_000 })
  .chain((customers) => fc.record({ customers: fc.constant(customers), succeeded: fc.nat(customers) }));

describe('the distributions', () => {
  it('agree with closed forms', () => {
    const { normalBelow, normalQuantile, chiSquaredAbove, betaBelow, betaQuantile } = distributions;
    expect(normalBelow(0)).toBe(0.5);
    // Abramowitz and Stegun, table 26.1 and 26.5.
    expect(normalBelow(1)).toBeCloseTo(0.841344746068543, 14);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 13);
    for (const x of [0.01, 0.5, 1, 5, 40, 700]) {
      // With two degrees of freedom it is an exponential distribution, with four a sum of two.
      expect(chiSquaredAbove(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 12);
      expect(chiSquaredAbove(x, 4) / (Math.exp(-x / 2) * (1 + x / 2))).toBeCloseTo(1, 12);
      // With one it is the square of a normal.
      expect(chiSquaredAbove(x, 1) / (2 * normalBelow(-Math.sqrt(x)))).toBeCloseTo(1, 11);
    }
    for (const x of [0.001, 0.2, 0.5, 0.77, 0.999]) {
      for (const a of [0.5, 1, 3, 1_000]) {
        expect(betaBelow(x, a, 1)).toBeCloseTo(x ** a, 11);
        expect(betaBelow(x, 1, a)).toBeCloseTo(1 - (1 - x) ** a, 11);
        expect(betaQuantile(x, a, 1)).toBeCloseTo(x ** (1 / a), 13);
      }
      expect(betaBelow(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 13);
      expect(betaBelow(x, 40_001, 60_001) + betaBelow(1 - x, 60_001, 40_001)).toBeCloseTo(1, 12);
    }
  });

  it('give the ends where nothing is left to compute', () => {
    expect(distributions.normalBelow(-1_000)).toBe(0);
    expect(distributions.normalBelow(1_000)).toBe(1);
    expect(distributions.chiSquaredAbove(0, 3)).toBe(1);
    expect([distributions.betaBelow(0, 2, 2), distributions.betaQuantile(1, 2, 2)]).toEqual([0, 1]);
  });
});

describe('the interval of a difference of rates', () => {
  // Newcombe (1998), Interval estimation for the difference between independent proportions, table II, method 6.
  it.each([
    [56, 70, 48, 80, 0.0528, 0.3382],
    [9, 10, 3, 10, 0.17, 0.8406],
    [6, 7, 2, 7, 0.0342, 0.8534],
    [5, 56, 0, 29, -0.0326, 0.1933],
    [0, 10, 0, 20, -0.1658, 0.2844],
    [10, 10, 0, 20, 0.7156, 1],
  ])('is the published one for %i of %i and %i of %i', (x1, n1, x2, n2, low, high) => {
    const boundary = fixedBoundary(0.05, distributions);
    const interval = differenceInterval(
      { customers: n1, succeeded: x1 },
      { customers: n2, succeeded: x2 },
      boundary,
    );
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds 0 exactly where the p-value is above alpha, in both modes', () => {
    fc.assert(
      fc.property(group, group, fc.constantFrom(0.01, 0.05, 0.2), (first, second, alpha) => {
        const tuning = tuneSequence(first.customers, second.customers, 0.03, alpha);
        const cases = [
          [fixedP(first, second, distributions), fixedBoundary(alpha, distributions)],
          [sequenceP(first, second, tuning), sequenceBoundary(tuning, alpha)],
        ] as const;
        for (const [p, boundary] of cases) {
          if (Math.abs(p - alpha) < 1e-9) continue;
          const { low, high } = differenceInterval(first, second, boundary);
          expect(low <= 0 && 0 <= high).toBe(p > alpha);
        }
      }),
    );
  });

  it('turns around with the groups', () => {
    fc.assert(
      fc.property(group, group, (first, second) => {
        const boundary = fixedBoundary(0.05, distributions);
        const one = differenceInterval(first, second, boundary);
        const other = differenceInterval(second, first, boundary);
        expect(other.low).toBeCloseTo(-one.high, 6);
        expect(other.high).toBeCloseTo(-one.low, 6);
      }),
    );
  });

  it('takes the most likely rates that differ by so much', () => {
    const likelihood = ({ customers, succeeded }: Group, rate: number): number =>
      (succeeded === 0 ? 0 : succeeded * Math.log(rate)) +
      (customers === succeeded ? 0 : (customers - succeeded) * Math.log(1 - rate));
    fc.assert(
      fc.property(
        group,
        group,
        fc.double({ min: -0.99, max: 0.99, noNaN: true }),
        (first, second, difference) => {
          const [p1, p2] = restrictedRates(first, second, difference);
          expect(p1 - p2).toBeCloseTo(difference, 9);
          const at = (rate: number): number =>
            likelihood(first, rate + difference) + likelihood(second, rate);
          const [least, most] = [Math.max(0, -difference), Math.min(1, 1 - difference)];
          const found = at(p2);
          for (let step = 1; step < 40; step += 1) {
            const other = at(least + ((most - least) * step) / 40);
            expect(other).toBeLessThanOrEqual(found + 1e-6 * (1 + Math.abs(found)));
          }
        },
      ),
    );
  });

  it('says nothing about an empty group', () => {
    const nobody = { customers: 0, succeeded: 0 };
    const somebody = { customers: 10, succeeded: 10 };
    expect(differenceInterval(nobody, somebody, fixedBoundary(0.05, distributions))).toEqual({
      low: -1,
      high: 1,
    });
    expect([fixedP(nobody, somebody, distributions), sequenceP(nobody, somebody, 5)]).toEqual([1, 1]);
  });
});

describe('the always-valid boundary', () => {
  it('is narrowest for the variance that it is tuned to', () => {
    const tuning = tuneSequence(20_000, 20_000, 0.05, 0.05);
    const variance = 10_000 * 0.05 * 0.95;
    const at = (ratio: number): number => sequenceBoundary(tuning * ratio, 0.05)(variance);
    expect(at(1)).toBeLessThan(at(1.05));
    expect(at(1)).toBeLessThan(at(0.95));
  });

  it('is wider than one look, and the p-value larger', () => {
    fc.assert(
      fc.property(group, group, fc.double({ min: 1, max: 1_000, noNaN: true }), (first, second, tuning) => {
        const { variance } = contrastAt(first, second, 0);
        expect(sequenceBoundary(tuning, 0.05)(variance)).toBeGreaterThan(
          fixedBoundary(0.05, distributions)(variance),
        );
        expect(sequenceP(first, second, tuning)).toBeGreaterThanOrEqual(
          Math.min(1, fixedP(first, second, distributions)) * 0.99,
        );
      }),
    );
  });
});

describe('planned sizes', () => {
  it('are those of the textbook', () => {
    // Fleiss, Levin and Paik (2003), table A.4 without the continuity correction.
    const question = { baseline: 0.05, difference: 0.01, alpha: 0.05, power: 0.8 };
    expect(fixedSize(question, distributions)).toBe(8158);
    expect(fixedSize({ ...question, baseline: 0.06, difference: -0.01 }, distributions)).toBe(8158);
  });

  it('are larger when one may look at any time, and grow with power and strictness', () => {
    const question = { baseline: 0.05, difference: 0.01, alpha: 0.05, power: 0.8 };
    for (const size of [fixedSize, sequenceSize]) {
      const usual = size(question, distributions);
      expect(size({ ...question, power: 0.9 }, distributions)).toBeGreaterThan(usual);
      expect(size({ ...question, alpha: 0.01 }, distributions)).toBeGreaterThan(usual);
      expect(size({ ...question, difference: 0.02 }, distributions)).toBeLessThan(usual / 3);
    }
    expect(sequenceSize(question, distributions)).toBeGreaterThan(fixedSize(question, distributions));
  });
});

describe("Holm's correction", () => {
  it('is the published one', () => {
    expect(adjustHolm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(adjustHolm([])).toEqual([]);
  });

  it('keeps the order, and lies between the p-value and what Bonferroni makes of it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 }), (values) => {
        const adjusted = adjustHolm(values);
        for (const [index, p] of values.entries()) {
          const own = adjusted[index] ?? 0;
          expect(own).toBeGreaterThanOrEqual(p);
          expect(own).toBeLessThanOrEqual(Math.min(1, values.length * p) + 1e-15);
          for (const [other, q] of values.entries()) {
            if (p < q) expect(own).toBeLessThanOrEqual(adjusted[other] ?? 1);
          }
        }
      }),
    );
  });
});

describe('the sample-ratio test', () => {
  it('is a chi-squared test', () => {
    // (40,800 - 40,000)² / 40,000 twice is 32.
    expect(sampleRatioP([40_800, 39_200], [0.5, 0.5], distributions)).toBeCloseTo(1.5417e-8, 11);
    expect(sampleRatioP([100, 100, 100], [1 / 3, 1 / 3, 1 / 3], distributions)).toBe(1);
    expect(sampleRatioP([0, 0], [0.5, 0.5], distributions)).toBe(1);
    expect(sampleRatioP([3, 1], [1, 0], distributions)).toBe(0);
  });
});

describe('the probability to be best', () => {
  it('agrees with closed forms', () => {
    const nothing = { customers: 0, succeeded: 0 };
    expect(bestProbabilities([nothing, nothing], distributions)).toEqual([0.5, 0.5]);
    // Of a uniform rate and one with density 2x, the second is larger with probability 2/3.
    expect(bestProbabilities([nothing, { customers: 1, succeeded: 1 }], distributions)[1]).toBeCloseTo(
      2 / 3,
      3,
    );
    // With density n xⁿ⁻¹ it is n / (n + 1).
    expect(bestProbabilities([nothing, { customers: 8, succeeded: 8 }], distributions)[1]).toBeCloseTo(
      0.9,
      3,
    );
  });

  it('adds up to 1, whatever was seen', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 4 }), (groups) => {
        const probabilities = bestProbabilities(groups, distributions);
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
        for (const probability of probabilities) expect(probability).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 30 },
    );
  });
});
