import { expect, test } from 'vitest';
import { rankGroups } from './rank-groups.ts';
import type { Entry } from './rank-participants.ts';

const entry = (customer_ref: number, points: number, day: string, qualified = true): Entry => ({
  ...{
    position: customer_ref,
    customer_ref,
    customer_id: `C-${customer_ref}`,
    points,
    referrals: 2,
    counted: 1,
  },
  ...{ groups: 0, qualified, reached_at: `2026-06-${day}T00:00:00.000Z` },
});

test('adds up the participants of each value, and breaks ties by who was first', () => {
  const entries = [
    entry(1, 5, '03'),
    entry(2, 4, '09'),
    entry(3, 1, '02', false),
    entry(4, 0, '20'),
    entry(5, 4, '01'),
  ];
  const groups = new Map([
    [1, 'north'],
    [2, 'south'],
    [3, 'south'],
    [4, 'south'],
  ]);
  expect(rankGroups(entries, groups)).toEqual([
    {
      ...{ position: 1, group: 'north', participants: 1, points: 5, referrals: 2, counted: 1, qualified: 1 },
      reached_at: '2026-06-03T00:00:00.000Z',
    },
    {
      ...{ position: 2, group: 'south', participants: 3, points: 5, referrals: 6, counted: 3, qualified: 2 },
      reached_at: '2026-06-09T00:00:00.000Z',
    },
    {
      ...{ position: 3, group: '(none)', participants: 1, points: 4, referrals: 2, counted: 1, qualified: 1 },
      reached_at: '2026-06-01T00:00:00.000Z',
    },
  ]);
});
