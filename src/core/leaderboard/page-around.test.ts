import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageAround } from './page-around.ts';
import type { Entry } from './rank-participants.ts';

const board = (size: number): Entry[] =>
  Array.from({ length: size }, (_, index) => ({
    ...{ position: index + 1, customer_ref: index, customer_id: `C-${index + 1}`, points: 1, referrals: 1 },
    ...{ counted: 1, groups: 0, qualified: true, reached_at: '2026-06-01T00:00:00.000Z' },
  }));

const positions = (size: number, customer: number, limit: number) =>
  pageAround(board(size), `C-${customer}`, limit)?.map((entry) => entry.position);

test('shows as many before as after, and more on one side at the ends', () => {
  expect(positions(9, 5, 3)).toEqual([4, 5, 6]);
  expect(positions(9, 5, 4)).toEqual([3, 4, 5, 6]);
  expect(positions(9, 1, 3)).toEqual([1, 2, 3]);
  expect(positions(9, 9, 3)).toEqual([7, 8, 9]);
  expect(positions(2, 2, 5)).toEqual([1, 2]);
  expect(positions(9, 10, 3)).toBeUndefined();
});

test('always shows the one who was asked for, and as many entries as there are to show', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(sizes, ([size, nth, limit]) => {
      const customer = (nth % size) + 1;
      const shown = positions(size, customer, limit) ?? [];
      expect(shown).toContain(customer);
      expect(shown).toHaveLength(Math.min(size, limit));
    }),
  );
});
