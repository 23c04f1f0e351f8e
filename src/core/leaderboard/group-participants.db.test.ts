import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { given, setUpReferrals } from '../../../test/given-referrals.ts';
import { compareStandings } from './compare-standings.ts';
import { computeLeaderboard } from './compute-leaderboard.ts';
import { groupParticipants } from './group-participants.ts';

const now = '2026-07-31T00:00:00.000Z';

describeEngines('leaderboards of groups, and since a time', (open, engine) => {
  const openBoard = async () => {
    const database = await open();
    const contest = await setUpReferrals(database, {}, [
      ...[given('C-1', 'a', '2026-06-01'), given('C-2', 'b', '2026-06-02'), given('C-2', 'c', '2026-07-02')],
      ...[given('C-3', 'd', '2026-07-03')],
    ]);
    return { database, contest };
  };

  test('add up by an attribute, whose blanks do not matter, or by a column of the customer', async () => {
    const { database, contest } = await openBoard();
    for (const [customer, city] of [
      ['C-1', 'Faro'],
      ['C-2', ' Lagos '],
      ['C-3', 'Faro'],
    ] as const) {
      const json = JSON.stringify({ city, tier: 'x' });
      const attributes = engine === 'postgres' ? sql<string>`${json}::jsonb` : json;
      await database.queries
        .updateTable('customers')
        .set({ attributes })
        .where('customer_id', '=', customer)
        .execute();
    }
    const { entries } = await computeLeaderboard(database.queries, contest, { now });
    const groups = async (field: string) =>
      (await groupParticipants(database.queries, entries, field)).map(({ group, points }) => [group, points]);
    expect(await groups('attributes.city')).toEqual([
      ['Lagos', 2],
      ['Faro', 2],
    ]);
    expect(await groups('city')).toEqual(await groups('attributes.city'));
    expect(await groups('tier')).toEqual([
      ['Gold', 2],
      ['(none)', 2],
    ]);
    expect(await groups('attributes.tier')).toEqual([['x', 4]]);
    expect(await groups('attributes.nothing')).toEqual([['(none)', 4]]);
    await expect(groups('attributes.')).rejects.toMatchObject({ code: 'usage' });
  });

  test('tell who has moved, in the month of the board', async () => {
    const { database, contest } = await openBoard();
    const at = async (asOf: string, period: 'all' | 'month') =>
      (await computeLeaderboard(database.queries, contest, { asOf, period, periodAt: now, now })).entries;
    const move = async (period: 'all' | 'month') =>
      compareStandings(await at(now, period), await at('2026-07-02T12:00:00.000Z', period)).map(
        ({ moved }) => moved,
      );
    const { entries } = await computeLeaderboard(database.queries, contest, { now });
    expect(entries.map((entry) => entry.customer_id)).toEqual(['C-2', 'C-1', 'C-3']);
    expect(compareStandings(entries, await at('2026-06-30T00:00:00.000Z', 'all'))).toEqual([
      { previous_position: 2, moved: 1 },
      { previous_position: 1, moved: -1 },
      { previous_position: null, moved: null },
    ]);
    expect(await move('all')).toEqual([0, 0, null]);
    expect(await move('month')).toEqual([0, null]);
  });
});
