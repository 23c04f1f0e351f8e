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

  it('is the same every time', () => {
    expect(people.slice(0, 5).map((person) => assignVariant('summer', person, 3))).toEqual([1, 1, 0, 1, 1]);
  });

  it('is independent of the campaign before', () => {
    const same = people.filter((person) => assignVariant('a', person, 2) === assignVariant('b', person, 2));
    expect(Math.abs(same.length - 10_000)).toBeLessThan(4 * Math.sqrt(5_000));
  });
});
