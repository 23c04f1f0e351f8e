import { describe, expect, it } from 'vitest';
import { createDomainClassifier, DEFAULT_DOMAIN_CLASSES } from './domain-class.ts';

const classify = createDomainClassifier(DEFAULT_DOMAIN_CLASSES);

describe('the class of a domain', () => {
  it.each([
    ['a@gmail.com', 'gmail'],
    ['a@googlemail.com', 'gmail'],
    ['a@outlook.com', 'microsoft'],
    ['a@Hotmail.CO.UK', 'microsoft'],
    ['a@live.nl', 'microsoft'],
    ['a@yahoo.com.au', 'yahoo'],
    ['"odd@gmail.com"@yahoo.fr', 'yahoo'],
    ['a@travel.test', 'other'],
    ['a@live.university.edu', 'other'],
    ['a@notgmail.com', 'other'],
    ['a@mail.gmail.com', 'other'],
    ['a@localhost', 'other'],
  ])('of %s is %s', (address, expected) => {
    expect(classify(address)).toBe(expected);
  });

  it('is what the operator says: an exact domain beats a name', () => {
    const own = createDomainClassifier({ dutch: ['ziggo.nl', 'kpn.*'], business: ['KPN.com'] });
    expect(['x@ziggo.nl', 'x@kpn.nl', 'x@kpn.com', 'x@gmail.com'].map(own)).toEqual([
      'dutch',
      'dutch',
      'business',
      'other',
    ]);
  });
});
