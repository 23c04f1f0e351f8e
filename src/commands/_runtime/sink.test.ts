import { expect, test } from 'vitest';
import { countBytes, type Sink } from './sink.ts';

test('bytes are counted as they are written, and whether anybody still reads is passed on', async () => {
  let readers = true;
  const inner: Sink = { write: async () => readers, commit: async () => {}, abandon: async () => {} };
  const counted: number[] = [];
  const sink = countBytes(inner, (bytes) => counted.push(bytes));
  expect(await sink.write('é€')).toBe(true);
  readers = false;
  expect(await sink.write(new Uint8Array(3))).toBe(false);
  expect(counted).toEqual([5, 8]);
});
