import { describe, expect, it } from 'vitest';
import { formatHoldout, isHeldOut, parseHoldout } from './assign-holdout.ts';
import { assignVariant } from './assign-variant.ts';

const people = Array.from({ length: 20_000 }, (_, index) => `C-${index}`);

describe('the group that is held out', () => {
  it('has its share, within four standard deviations', () => {
    for (const share of [100, 500, 5_000]) {
      const count = people.filter((person) => isHeldOut('summer', person, share)).length;
      const part = share / 10_000;
      expect(Math.abs(count - 20_000 * part)).toBeLessThan(4 * Math.sqrt(20_000 * part * (1 - part)));
    }
  });

  it('grows with its share, and is another one in another campaign', () => {
    const some = people.filter((person) => isHeldOut('summer', person, 500));
    expect(some.every((person) => isHeldOut('summer', person, 600))).toBe(true);
    const both = some.filter((person) => isHeldOut('winter', person, 500));
    expect(both.length).toBeLessThan(some.length / 5);
  });

  it('is independent of variants', () => {
    const first = people.filter(
      (person) => isHeldOut('summer', person, 5_000) && assignVariant('summer', person, 2) === 0,
    );
    expect(Math.abs(first.length - 5_000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.25 * 0.75));
  });

  it('is the same every time', () => {
    expect(people.slice(0, 60).filter((person) => isHeldOut('summer', person, 500))).toEqual([
      'C-27',
      'C-31',
    ]);
  });

  it('is written as a percentage', () => {
    expect(['5%', '2.5 %', '0.01%', '90%'].map(parseHoldout)).toEqual([500, 250, 1, 9_000]);
    expect([500, 250, 1].map(formatHoldout)).toEqual(['5%', '2.5%', '0.01%']);
    for (const text of ['5', '0%', '91%', '-5%', '0.005%', 'five']) {
      expect(() => parseHoldout(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });
});
