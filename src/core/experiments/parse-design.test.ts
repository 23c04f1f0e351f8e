import { describe, expect, it } from 'vitest';
import { loadDistributions } from '../statistics/distributions.ts';
import { hashDesign } from './design.ts';
import { defaultDesign, parseDesign } from './parse-design.ts';
import { findDetectable, planSize } from './plan-size.ts';

const distributions = await loadDistributions();
const parse = (text: string, variants = 2) => parseDesign(text, variants, distributions);

describe('the design of an experiment', () => {
  it('is read with its size', () => {
    expect(parse('fixed,metric=conversions,baseline=5%,difference=1%')).toEqual({
      ...{ mode: 'fixed', metric: 'conversions', baseline: 0.05, difference: 0.01, per_variant: 8322 },
      ...{ alpha: 0.05, power: 0.8, days: 14 },
    });
    expect(parse('always-valid')).toEqual(defaultDesign('clicks'));
    expect(parse(' always-valid , alpha=1%, power=90%, days=30d, baseline=0.1% ')).toEqual({
      ...{ mode: 'always_valid', metric: 'clicks', baseline: 0.001, difference: null, per_variant: null },
      ...{ alpha: 0.01, power: 0.9, days: 30 },
    });
  });

  it('needs more customers for more variants', () => {
    const sizes = [2, 3, 5].map(
      (variants) => parse('fixed,baseline=5%,difference=1%', variants).per_variant ?? 0,
    );
    expect(sizes.toSorted((left, right) => left - right)).toEqual(sizes);
    expect(new Set(sizes).size).toBe(3);
  });

  it.each([
    ['fixed', 'needs a baseline and a difference'],
    ['fixd,baseline=5%,difference=1%', '"fixd" is not a mode'],
    ['fixed,baseline=5%,difference=1%,metric=opens', 'metric=opens'],
    ['fixed,baseline=0.05,difference=1%', 'baseline=0.05 is not a percentage'],
    ['fixed,baseline=0%,difference=1%', 'baseline=0% is not a percentage'],
    ['fixed,baseline=60%,difference=50%', 'more than 100%'],
    ['fixed,baseline=5%,difference=1%,baseline=6%', 'baseline is said twice'],
    ['fixed,basline=5%,difference=1%', '"basline"'],
    ['always-valid,days=0', 'days=0'],
    ['', '"" is not a mode'],
  ])('refuses %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('says why opens are not a metric', () => {
    expect(() => parse('always-valid,metric=opens')).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('Machines open mails') }),
    );
  });

  it('has a hash that its content alone decides', () => {
    const { mode, ...rest } = defaultDesign('clicks');
    expect(hashDesign({ ...rest, mode })).toBe(hashDesign(defaultDesign('clicks')));
    expect(hashDesign(defaultDesign('conversions'))).not.toBe(hashDesign(defaultDesign('clicks')));
  });

  it('can be asked the other way round: what so many customers can find', () => {
    const question = { mode: 'fixed', baseline: 0.05, alpha: 0.05, power: 0.8 } as const;
    const difference = findDetectable(question, 8_322, 2, distributions) ?? 0;
    expect(difference).toBeCloseTo(0.01, 4);
    expect(planSize({ ...question, difference }, 2, distributions)).toBeLessThanOrEqual(8_322);
    expect(findDetectable(question, 2, 2, distributions)).toBeNull();
  });
});
