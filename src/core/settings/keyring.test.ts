import { describe, expect, it } from 'vitest';
import { createKeyring, hashAddress, isSignedBy, signText } from './keyring.ts';

describe('a keyring', () => {
  const old = createKeyring(['old secret']);
  const rotated = createKeyring(['new secret', 'old secret']);

  it('hashes an address differently under another secret', () => {
    expect(hashAddress(old.current, 'a@example.com')).not.toBe(hashAddress(rotated.current, 'a@example.com'));
    expect(hashAddress(old.current, 'a@example.com')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('still accepts what an older secret signed, and nothing else', () => {
    const signature = signText(old.current, 'unsubscribe', '42');
    expect(isSignedBy(rotated, 'unsubscribe', '42', signature)).toBe(true);
    expect(isSignedBy(rotated, 'unsubscribe', '43', signature)).toBe(false);
    expect(isSignedBy(rotated, 'other', '42', signature)).toBe(false);
    expect(isSignedBy(createKeyring(['new secret']), 'unsubscribe', '42', signature)).toBe(false);
    expect(isSignedBy(rotated, 'unsubscribe', '42', '')).toBe(false);
  });

  it('names keys without giving them away', () => {
    expect(old.current.id).toMatch(/^[0-9a-f]{16}$/);
  });
});
