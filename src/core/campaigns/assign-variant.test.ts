import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignVariant } from './assign-variant.ts';

const people = Array.from({ length: 20_000 }, (_, index) => `C-${index}`);

describe('the assignment of variants', () => {
  it('gives each variant its share, within four standard deviations', () => {
    const counts = [0, 0, 0, 0];
    for (const person of people) {
      const index = assignVariant('summer', person, 4);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    const deviation = Math.sqrt(20_000 * 0.25 * 0.75);
    for (const count of counts) expect(Math.abs(count - 5_000)).toBeLessThan(4 * deviation);
  });

  it('gives every number of variants equal shares, in any campaign', () => {
    const property = fc.property(
      fc.string({ minLength: 1 }),
      fc.integer({ min: 2, max: 8 }),
      (campaign, count) => {
        const shares = new Array<number>(count).fill(0);
        for (const person of people.slice(0, 2_000)) {
          const index = assignVariant(campaign, person, count);
          shares[index] = (shares[index] ?? 0) + 1;
        }
        const deviation = Math.sqrt((2_000 / count) * (1 - 1 / count));
        // Six deviations: with 30 runs of up to eight shares a fair draw passes this once in millions of runs.
        for (const share of shares) expect(Math.abs(share - 2_000 / count)).toBeLessThan(6 * deviation);
      },
    );
    fc.assert(property, { numRuns: 30 });
  });

  it('is a matter of the person and the campaign alone, whoever else is there', () => {
    const person = fc.tuple(fc.string(), fc.string(), fc.integer({ min: 1, max: 8 }));
    fc.assert(
      fc.property(person, ([campaign, customer, count]) => {
        const first = assignVariant(campaign, customer, count);
        expect(assignVariant(campaign, customer, count)).toBe(first);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first).toBeLessThan(count);
      }),
    );
  });

  it('is the same every time', () => {
    expect(people.slice(0, 5).map((person) => assignVariant('summer', person, 3))).toEqual([1, 1, 0, 1, 1]);
  });

  it('is independent of the campaign before', () => {
    const same = people.filter((person) => assignVariant('a', person, 2) === assignVariant('b', person, 2));
    expect(Math.abs(same.length - 10_000)).toBeLessThan(4 * Math.sqrt(5_000));
  });
});
