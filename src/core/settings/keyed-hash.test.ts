import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyedHash } from './keyed-hash.ts';

test('a keyed hash is the HMAC-SHA256 of any text under any secret', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.string({ unit: 'binary', maxLength: 2_000 }), { maxLength: 5 }),
      (secret, texts) => {
        const keyedHash = createKeyedHash(secret);
        for (const text of texts) {
          const expected = createHmac('sha256', secret).update(text);
          expect(keyedHash(text, 'hex')).toBe(expected.digest('hex'));
        }
      },
    ),
  );
});

test('a text after a longer one is not hashed with the rest of it', () => {
  const keyedHash = createKeyedHash('secret');
  const short = keyedHash('a', 'binary');
  keyedHash('b'.repeat(1_000), 'hex');
  expect(keyedHash('a', 'binary')).toBe(short);
  expect(short).toBe(createHmac('sha256', 'secret').update('a').digest('binary'));
});
