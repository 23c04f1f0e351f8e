import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, canonicalTexts } from './canonical-json.ts';

test('texts alone have the canonical JSON that any value has', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.dictionary(text, text), (texts) => {
      expect(canonicalTexts(texts)).toBe(canonicalJson(texts));
    }),
    { numRuns: 50 },
  );
  expect(canonicalTexts({})).toBe('{}');
  expect(canonicalTexts({ b: '"', 10: 'x', 9: '\u2028' })).toBe(
    canonicalJson({ b: '"', 10: 'x', 9: '\u2028' }),
  );
});
