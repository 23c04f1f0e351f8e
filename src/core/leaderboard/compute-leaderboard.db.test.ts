import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDatabaseUrl, describeEngines } from '../../../test/engines.ts';
import { given, setUpReferrals } from '../../../test/given-referrals.ts';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { openDatabase } from '../database/open-database.ts';
import { computeLeaderboard, scoreParticipants } from './compute-leaderboard.ts';
import { listStandings, type Standing } from './list-standings.ts';
import { rankParticipants } from './rank-participants.ts';

const NOW = '2026-06-30T12:00:00.000Z';

describeEngines('computeLeaderboard', (open) => {
  it('ranks everyone with an approved referral, and nobody else', async () => {
    const db = await open();
    const contest = await setUpReferrals(db, {}, [
      given('C-2', 'b1', '2026-06-02'),
      given('C-2', 'b2', '2026-06-05'),
      given('C-1', 'b3', '2026-06-03'),
      given('C-10', 'b4', '2026-06-03'),
      given('C-9', 'b5', '2026-06-01'),
      { ...given('C-8', 'b6', '2026-06-01'), status: 'pending' },
      { ...given('C-7', 'b7', '2026-06-01'), status: 'reversed' },
    ]);
    const board = await computeLeaderboard(db.queries, contest, { now: NOW });
    expect(board.entries.map((entry) => [entry.position, entry.customer_id, entry.points])).toEqual([
      [1, 'C-2', 2],
      [2, 'C-9', 1],
      [3, 'C-1', 1],
      [4, 'C-10', 1],
    ]);
    expect(board.as_of).toBe(NOW);
  });

  it('caps per group by the booking’s attribute, else the friend’s, else (none)', async () => {
    const db = await open();
    const contest = await setUpReferrals(
      db,
      {
        scoring: { points_per_referral: 10, cap_per_group: { attribute: 'region', max: 2 } },
        qualify: { min_points: 40, min_groups: { attribute: 'region', count: 3 } },
      },
      [
        { ...given('C-1', 'b1', '2026-06-01'), region: 'north' },
        { ...given('C-1', 'b2', '2026-06-02'), region: ' north ' },
        { ...given('C-1', 'b3', '2026-06-03'), region: 'north' },
        { ...given('C-1', 'b4', '2026-06-04'), friendRegion: 'south', region: '' },
        { ...given('C-1', 'b5', '2026-06-05') },
        { ...given('C-1', 'b6', '2026-06-06') },
        { ...given('C-1', 'b7', '2026-06-07') },
      ],
    );
    const [entry] = (await computeLeaderboard(db.queries, contest, { now: NOW })).entries;
    expect(entry).toMatchObject({ points: 50, referrals: 7, counted: 5, groups: 3, qualified: true });
    expect(entry?.reached_at).toBe('2026-06-06T00:00:00.000Z');
  });

  it('was reached before the last referral where a tier rounds that one away', async () => {
    const db = await open();
    const list = ['2026-06-01', '2026-06-02', '2026-06-03'].map((day) => given('C-2', day, day));
    const contest = await setUpReferrals(db, { scoring: { tier_percent: { gold: 30 } } }, list);
    const [entry] = (await computeLeaderboard(db.queries, contest, { now: NOW })).entries;
    expect(entry).toMatchObject({ points: 1, counted: 3, reached_at: '2026-06-02T00:00:00.000Z' });
  });

  it('has the digest that anyone computes from its entries', async () => {
    const db = await open();
    const contest = await setUpReferrals(db, {}, [
      given('C-2', 'b1', '2026-06-02'),
      given('C-1', 'b2', '2026-06-03'),
    ]);
    const { digest, entries } = await computeLeaderboard(db.queries, contest, { now: NOW });
    const signed = entries.map(
      ({ position, customer_id, points, referrals, counted, groups, qualified, reached_at }) => ({
        ...{ position, customer_id, points, referrals, counted, groups, qualified, reached_at },
      }),
    );
    const document = { contest: 'summer', rules_sha256: contest.rules_sha256, entries: signed };
    expect(digest).toBe(sha256(canonicalJson(document)));
  });

  it('takes back what happened after --as-of, where the booking says when', async () => {
    const db = await open();
    const contest = await setUpReferrals(
      db,
      { scoring: { points_per_referral: 0, points_per_amount: { per: '1.00', points: 1 } } },
      [
        { ...given('C-1', 'later', '2026-06-20'), amount: 100 },
        {
          ...given('C-2', 'completed-later', '2026-06-01'),
          amount: 200,
          booking: { completed_at: '2026-06-12T00:00:00.000Z' },
        },
        {
          ...given('C-3', 'cancelled-later', '2026-06-01'),
          ...{ amount: 300, status: 'reversed', reason: 'cancelled' },
          booking: {
            status: 'cancelled',
            completed_at: '2026-06-03T00:00:00.000Z',
            cancelled_at: '2026-06-15T00:00:00.000Z',
          },
        },
        {
          ...given('C-4', 'cancelled-before', '2026-06-01'),
          ...{ amount: 300, status: 'reversed', reason: 'cancelled' },
          booking: {
            status: 'cancelled',
            completed_at: '2026-06-03T00:00:00.000Z',
            cancelled_at: '2026-06-05T00:00:00.000Z',
          },
        },
        {
          ...given('C-5', 'never-completed', '2026-06-01'),
          ...{ amount: 300, status: 'reversed', reason: 'cancelled' },
          booking: { status: 'cancelled', cancelled_at: '2026-06-15T00:00:00.000Z' },
        },
        {
          ...given('C-6', 'refunded-later', '2026-06-01'),
          amount: 600,
          booking: {
            refunded: 500,
            completed_at: '2026-06-03T00:00:00.000Z',
            updated_at: '2026-06-15T00:00:00.000Z',
          },
        },
        { ...given('C-7', 'no-times', '2026-06-01'), amount: 700, booking: {} },
        {
          ...given('C-8', 'by-hand', '2026-06-01'),
          ...{ amount: 700, status: 'reversed', reason: 'decision' },
        },
      ],
    );
    const points = async (asOf?: string) => {
      const { entries } = await computeLeaderboard(db.queries, contest, { now: NOW, asOf });
      return Object.fromEntries(entries.map((entry) => [entry.customer_id, entry.points]));
    };
    expect(await points('2026-06-10T00:00:00.000Z')).toEqual({ 'C-3': 3, 'C-6': 6, 'C-7': 7 });
    expect(await points('2026-06-12T00:00:00.000Z')).toEqual({ 'C-2': 2, 'C-3': 3, 'C-6': 6, 'C-7': 7 });
    expect(await points()).toEqual({ 'C-1': 1, 'C-2': 2, 'C-6': 1, 'C-7': 7 });
  });

  it('counts a calendar month or week of the contest’s own time zone', async () => {
    const db = await open();
    const contest = await setUpReferrals(db, {}, [
      given('C-1', 'may', '2026-05-31T21:59:59Z'),
      given('C-2', 'june', '2026-05-31T22:00:00Z'),
      given('C-3', 'monday', '2026-06-28T22:00:00Z'),
      given('C-4', 'sunday', '2026-06-28T21:59:59Z'),
    ]);
    const who = async (period: 'month' | 'week', asOf?: string) => {
      const { entries } = await computeLeaderboard(db.queries, contest, { now: NOW, period, asOf });
      return entries.map((entry) => entry.customer_id).sort();
    };
    expect(await who('month')).toEqual(['C-2', 'C-3', 'C-4']);
    expect(await who('week')).toEqual(['C-3']);
    expect(await who('month', '2026-05-31T21:59:59.000Z')).toEqual(['C-1']);
  });

  it('shows names, and the active code else the latest', async () => {
    const db = await open();
    const contest = await setUpReferrals(db, {}, [
      given('C-1', 'b1', '2026-06-01'),
      given('C-2', 'b2', '2026-06-02'),
    ]);
    await db.queries.updateTable('codes').set({ status: 'revoked' }).execute();
    const { entries } = await computeLeaderboard(db.queries, contest, { now: NOW });
    const standings: Standing[] = [];
    for await (const standing of listStandings(db.queries, contest.id, entries)) standings.push(standing);
    expect(standings).toMatchObject([
      { position: 1, customer_id: 'C-1', first_name: 'First C-1', last_name: null, code: 'CODE-C-1' },
      { position: 2, customer_id: 'C-2', code: 'CODE-C-2' },
    ]);
    expect(Object.keys(standings[0] ?? {})).toEqual([
      ...[
        'position',
        'customer_id',
        'first_name',
        'last_name',
        'code',
        'points',
        'referrals',
        'counted',
        'groups',
      ],
      ...['qualified', 'reached_at'],
    ]);
  });
});

const anyRules = fc.record({
  scoring: fc.record(
    {
      points_per_referral: fc.integer({ min: 0, max: 3 }),
      points_per_amount: fc.record({
        per: fc.constantFrom('50.00', '99.99'),
        points: fc.integer({ min: 0, max: 2 }),
      }),
      tier_percent: fc.constantFrom({}, { gold: 150 }, { gold: 100 }, { gold: 30 }),
      cap_per_group: fc.record({
        attribute: fc.constantFrom('region', 'country'),
        max: fc.integer({ min: 1, max: 2 }),
      }),
    },
    { requiredKeys: [] },
  ),
  qualify: fc.record(
    {
      min_points: fc.integer({ min: 0, max: 20 }),
      min_groups: fc.record({ attribute: fc.constant('region'), count: fc.integer({ min: 1, max: 3 }) }),
    },
    { requiredKeys: [] },
  ),
});

const anyReferral = fc.record({
  referrer: fc.constantFrom('C-1', 'C-2', 'C-2', 'c-1', 'é', '\u{1F600}', '\uFFFD'),
  booked_at: fc.integer({ min: 1, max: 9 }).map((day) => `2026-06-0${day}`),
  amount: fc.integer({ min: 0, max: 50_000 }),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  region: fc.constantFrom('north', 'South', 'é', '', 'z'),
});

it('gives the same board on both engines, in whatever order the rows were written, as scoring one by one does', async () => {
  const urls = await Promise.all([createDatabaseUrl('sqlite'), createDatabaseUrl('postgres')]);
  const databases = await Promise.all(urls.map(({ url }) => openDatabase({ url })));
  try {
    let slug = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyReferral, { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
        anyRules,
        async (list, keys, rules) => {
          slug += 1;
          const rows = list.map((row, index) => ({ ...row, reference: `b${slug}-${index}` }));
          const shuffled = rows
            .map((row, index) => ({ row, key: keys[index] ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ row }) => row);
          const boards: { readonly digest: string; readonly entries: readonly object[] }[] = [];
          for (const [index, db] of databases.entries()) {
            const contest = await setUpReferrals(db, rules, index === 0 ? rows : shuffled, `summer-${slug}`);
            const { digest, entries } = await computeLeaderboard(db.queries, contest, { now: NOW });
            boards.push({ digest, entries: entries.map(({ customer_ref: _, ...entry }) => entry) });
            const selection = { contestId: contest.id, statuses: contest.rules.eligibility.statuses };
            const oneByOne = await scoreParticipants(db.queries, selection, contest.rules);
            expect(entries).toEqual(rankParticipants(oneByOne));
          }
          expect(boards[1]).toEqual(boards[0]);
        },
      ),
      { numRuns: 40 },
    );
  } finally {
    for (const db of databases) await db.close();
    for (const { drop } of urls) await drop();
  }
});
