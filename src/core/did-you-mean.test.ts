import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from './did-you-mean.ts';

describe('nearest', () => {
  it('finds a word with a typo, whatever its case', () => {
    expect(nearest('Cusotmers', ['customers', 'codes'])).toBe('customers');
  });

  it('offers nothing when nothing is near', () => {
    expect(nearest('xyz', ['customers', 'codes'])).toBeUndefined();
  });
});

describe('didYouMean', () => {
  it('falls back to the way to a list', () => {
    expect(didYouMean('xyz', ['customers'], 'See: referral --help')).toBe('See: referral --help');
    expect(didYouMean('sumer', ['summer'], '')).toBe('Did you mean "summer"?');
  });
});
