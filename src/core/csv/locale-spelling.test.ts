import { expect, test } from 'vitest';
import { parseLocaleSpelling } from './locale-spelling.ts';

test.each([
  ['nl-NL', 'dmy', ','],
  ['de_DE', 'dmy', ','],
  ['en-US', 'mdy', '.'],
  ['en-GB', 'dmy', '.'],
  ['de-CH', 'dmy', '.'],
  ['sv-SE', undefined, ','],
])('%s writes dates %s and decimals with %s', (locale, dateOrder, decimalMark) => {
  expect(parseLocaleSpelling(locale)).toEqual({ dateOrder, decimalMark });
});

test.each(['klingon', 'x', 'en_', ''])('%j is no locale', (locale) => {
  expect(() => parseLocaleSpelling(locale)).toThrow('is not a known locale');
});
