import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapers } from './escape.ts';

const start = fc.constantFrom('https://', 'http://', 'HTTPS://', 'mailto:', 'javascript:', '');
const piece = fc.oneof(
  fc.stringMatching(/^[\w.~:/?#@!$()*+,;=%&[\]-]*$/),
  fc.constantFrom(' ', '"', "'", '<', '`', '\\', '^', '{', '|', '\n', '\u0000', '\u202e', 'ü', '€', '\ud800'),
);
const address = fc
  .tuple(start, fc.array(piece, { maxLength: 4 }))
  .map(([scheme, pieces]) => scheme + pieces.join(''));

test('an address that needs no work is written as one that was looked at in full', () => {
  fc.assert(
    fc.property(address, (text) => {
      // With a blank before it, which is cut off, nothing is taken for plain at once.
      expect(escapers.url(text)).toBe(escapers.url(` ${text}`));
      expect(escapers.plain_url(text)).toBe(escapers.plain_url(` ${text}`));
    }),
    { numRuns: 5_000 },
  );
});
