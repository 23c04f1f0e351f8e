import { expect, test } from 'vitest';
import { sortKeys } from './sort-keys.ts';

test('sorts the names of an object, and leaves its values alone', () => {
  const sorted = sortKeys({ zip: '1', city: '2', région: '3' });
  expect(Object.entries(sorted)).toEqual([
    ['city', '2'],
    ['région', '3'],
    ['zip', '1'],
  ]);
});

test('gives back what is sorted already', () => {
  const object = { a: 1, b: 2 };
  expect(sortKeys(object)).toBe(object);
});
