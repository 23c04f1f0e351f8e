import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareBytes } from './compare-bytes.ts';

it('orders any two texts as their UTF-8 bytes are ordered', () => {
  const texts = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    {
      examples: [
        ['\u{1F600}', '\uFFFD'],
        ['a', 'aa'],
        ['', ''],
      ],
    },
  );
});
