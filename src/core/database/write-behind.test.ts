import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { writeBehind } from './write-behind.ts';

test('writes part after part, one at a time, while the next is made', async () => {
  const seen: string[] = [];
  const writing = writeBehind(async (part: string) => {
    seen.push(`${part} begins`);
    await setImmediate();
    seen.push(`${part} ends`);
  });
  await writing.add('a');
  seen.push('b is made');
  await writing.add('b');
  await writing.finish();
  expect(seen).toEqual(['a begins', 'b is made', 'a ends', 'b begins', 'b ends']);
});

test('tells of a failure at the next chance, and writes nothing after it', async () => {
  const seen: string[] = [];
  const work = () =>
    writeBehind(async (part: string) => {
      seen.push(part);
      await setImmediate();
      throw new RangeError(`${part} is too much`);
    });
  const one = work();
  await one.add('a');
  // Nobody hears of it for a while, which must not end the process.
  await setImmediate();
  await setImmediate();
  await expect(one.add('b')).rejects.toThrow('a is too much');
  await expect(one.finish()).rejects.toThrow('a is too much');
  const other = work();
  await other.add('c');
  await expect(other.finish()).rejects.toThrow('c is too much');
  expect(seen).toEqual(['a', 'c']);
});
