import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDistributions } from '../statistics/distributions.ts';
import { pickVariant, placeOf, propensitiesOf } from './bandit-policy.ts';

const distributions = await loadDistributions();
const group = fc
  .integer({ min: 0, max: 5_000 })
  .chain((customers) => fc.record({ customers: fc.constant(customers), succeeded: fc.nat(customers) }));

describe('the policy of a bandit', () => {
  it('draws every variant at least once in a hundred times, and some variant always', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 2, maxLength: 6 }), (seen) => {
        const propensities = propensitiesOf(seen, distributions);
        expect(propensities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
        for (const one of propensities) expect(one).toBeGreaterThanOrEqual(0.01);
      }),
      { numRuns: 30 },
    );
  });

  it('draws equals alike, and the better one more', () => {
    const nothing = { customers: 0, succeeded: 0 };
    expect(propensitiesOf([nothing, nothing], distributions)).toEqual([0.5, 0.5]);
    const [worse = 1, better = 0] = propensitiesOf(
      [
        { customers: 1_000, succeeded: 50 },
        { customers: 1_000, succeeded: 70 },
      ],
      distributions,
    );
    expect(better).toBeGreaterThan(0.95);
    expect(worse).toBeLessThan(0.05);
  });

  it('gives each variant its share of the line', () => {
    const counts = [0, 0, 0];
    for (let place = 0; place < 1_000; place += 1) {
      const variant = pickVariant([0.2, 0.5, 0.3], (place + 0.5) / 1_000);
      counts[variant] = (counts[variant] ?? 0) + 1;
    }
    expect(counts).toEqual([200, 500, 300]);
    // What rounding leaves at the end belongs to the last.
    expect(pickVariant([0.5, 0.4999999], 0.99999999)).toBe(1);
  });

  it('places people evenly, by campaign and address alone', () => {
    const places = Array.from({ length: 10_000 }, (_, index) => placeOf('summer', `c${index}@people.test`));
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    // Four standard errors of the mean of uniform numbers.
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * places.length));
    expect(placeOf('summer', 'a@x.nl')).toBe(placeOf('summer', 'a@x.nl'));
    expect(placeOf('summer', 'a@x.nl')).not.toBe(placeOf('winter', 'a@x.nl'));
  });
});
