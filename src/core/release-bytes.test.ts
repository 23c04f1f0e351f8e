import { expect, test } from 'vitest';
import { releaseBytes } from './release-bytes.ts';

test('memory is given back where bytes have it to themselves, and nowhere else', () => {
  const alone = Buffer.allocUnsafeSlow(1_000);
  const all = Buffer.allocUnsafeSlow(1_000);
  const shared = [Buffer.from('pooled'), all.subarray(0, 998), all.subarray(1)];
  const lengths = shared.map(({ length }) => length);
  for (const bytes of [alone, ...shared]) releaseBytes(bytes);
  expect(alone.length).toBe(0);
  expect(shared.map(({ length }) => length)).toEqual(lengths);
});
