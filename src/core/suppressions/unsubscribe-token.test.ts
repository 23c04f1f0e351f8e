import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyring } from '../settings/keyring.ts';
import { createUnsubscribeToken, readUnsubscribeToken } from './unsubscribe-token.ts';

const keyring = createKeyring(['one secret that is long enough']);

test('a token comes back as its customer, alone or at the end of a link', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (key) => {
      const token = createUnsubscribeToken(keyring, key);
      expect(readUnsubscribeToken(keyring, token)).toBe(key);
      expect(readUnsubscribeToken(keyring, `https://example.test/unsubscribe?t=${token}`)).toBe(key);
      expect(readUnsubscribeToken(keyring, `https://example.test/u/${token}\n`)).toBe(key);
    }),
  );
});

test('a token of another customer, an edited one and one of another secret are none', () => {
  const token = createUnsubscribeToken(keyring, 35);
  expect(readUnsubscribeToken(keyring, token.replace(/^z/, 'y'))).toBeUndefined();
  expect(
    readUnsubscribeToken(keyring, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`),
  ).toBeUndefined();
  expect(readUnsubscribeToken(createKeyring(['another secret']), token)).toBeUndefined();
  expect(readUnsubscribeToken(keyring, 'C-0001')).toBeUndefined();
});

test('a token works as long as its secret is on the ring', () => {
  const token = createUnsubscribeToken(keyring, 7);
  const rotated = createKeyring(['a newer secret', 'one secret that is long enough']);
  expect(readUnsubscribeToken(rotated, token)).toBe(7);
});
