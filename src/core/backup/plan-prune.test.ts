import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PrunableBackup, type PrunePolicy, planPrune } from './plan-prune.ts';

const NOW = '2026-03-31T12:00:00.000Z';
const place = { now: NOW, timezone: 'UTC' };

function backup(created_at: string, more: Partial<PrunableBackup> = {}): PrunableBackup {
  return { id: created_at, created_at, instance_id: 'a', verified: false, ...more };
}

function kept(backups: readonly PrunableBackup[], policy: PrunePolicy, timezone = 'UTC'): string[] {
  return planPrune(backups, policy, { now: NOW, timezone })
    .filter(({ action }) => action === 'keep')
    .map(({ id }) => id);
}

const days = Array.from({ length: 31 }, (_, day) => {
  const text = String(day + 1).padStart(2, '0');
  return [`2026-03-${text}T02:00:00.000Z`, `2026-03-${text}T14:00:00.000Z`];
})
  .flat()
  .map((at) => backup(at));

test('keeps the newest backup of each of the last days that have one', () => {
  expect(kept(days, { daily: 3 })).toEqual([
    '2026-03-31T14:00:00.000Z',
    '2026-03-30T14:00:00.000Z',
    '2026-03-29T14:00:00.000Z',
  ]);
  const sparse = ['2026-01-05T02:00:00.000Z', '2026-02-07T02:00:00.000Z', '2026-03-30T02:00:00.000Z'];
  expect(
    kept(
      sparse.map((at) => backup(at)),
      { daily: 2 },
    ),
  ).toEqual([sparse[2], sparse[1]]);
});

test('counts weeks from Monday', () => {
  // 2026-03-29 is a Sunday, 2026-03-30 a Monday.
  expect(kept(days, { weekly: 2 })).toEqual(['2026-03-31T14:00:00.000Z', '2026-03-29T14:00:00.000Z']);
});

test('counts days in the time zone of the business', () => {
  const two = [backup('2026-03-30T22:30:00.000Z'), backup('2026-03-30T21:30:00.000Z')];
  expect(kept(two, { daily: 5 })).toHaveLength(1);
  expect(kept(two, { daily: 5 }, 'Europe/Amsterdam')).toHaveLength(2);
});

test('keeps all of a stretch of time, and the last so many', () => {
  expect(kept(days, { withinMs: 86_400_000 })).toEqual([
    '2026-03-31T14:00:00.000Z',
    '2026-03-31T02:00:00.000Z',
    '2026-03-30T14:00:00.000Z',
  ]);
  expect(kept(days, { last: 2 })).toHaveLength(2);
});

test('keeps backups of each database, whatever others there are', () => {
  const other = backup('2020-01-01T00:00:00.000Z', { instance_id: 'b' });
  expect(kept([...days, other], { last: 1 })).toEqual(['2026-03-31T14:00:00.000Z', other.id]);
});

test('never removes the newest one or the last verified one, whatever the policy', () => {
  const policy = fc.record({
    last: fc.option(fc.nat(3), { nil: undefined }),
    daily: fc.option(fc.nat(5), { nil: undefined }),
    weekly: fc.option(fc.nat(5), { nil: undefined }),
    monthly: fc.option(fc.nat(5), { nil: undefined }),
    yearly: fc.option(fc.nat(5), { nil: undefined }),
    withinMs: fc.option(fc.nat(1_000_000_000), { nil: undefined }),
  });
  const list = fc.uniqueArray(
    fc.record({ day: fc.nat(900), verified: fc.boolean(), instance_id: fc.constantFrom('a', 'b') }),
    { minLength: 1, maxLength: 40, selector: ({ day }) => day },
  );
  fc.assert(
    fc.property(list, policy, (entries, rules) => {
      const backups = entries.map(({ day, ...rest }) =>
        backup(new Date(Date.parse('2024-01-01') + day * 86_400_000).toISOString(), rest),
      );
      const ids = new Set(
        planPrune(backups, rules, place)
          .filter(({ action }) => action === 'keep')
          .map(({ id }) => id),
      );
      for (const instance of ['a', 'b']) {
        const own = backups
          .filter(({ instance_id }) => instance_id === instance)
          .toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1));
        const verified = own.find((each) => each.verified);
        if (own[0] !== undefined) expect(ids).toContain(own[0].id);
        if (verified !== undefined) expect(ids).toContain(verified.id);
      }
    }),
  );
});
