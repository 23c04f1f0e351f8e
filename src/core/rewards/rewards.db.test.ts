import { sql } from 'kysely';
import { expect, test } from 'vitest';
import {
  type ContestFixture,
  createContestFixture,
  dependenciesAt,
  NOW,
} from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { decideReferrals } from '../conversions/decide-referrals.ts';
import type { Database, Engine } from '../database/database.ts';
import { claimRewards, expireRewards, reverseRewards } from './change-rewards.ts';
import { computeRewards } from './compute-rewards.ts';
import { getPayout } from './get-payout.ts';
import { listRewards } from './list-rewards.ts';
import { payRewards } from './pay-rewards.ts';
import type { PayoutLine } from './payout-queries.ts';
import { listRewardBalances } from './reward-balance.ts';
import { verifyRewards } from './verify-rewards.ts';

const HEADER = [
  'booking_reference',
  'email',
  'code',
  'amount',
  'currency',
  'status',
  'booked_at',
  'refunded_amount',
];
const RULES = {
  rewards: {
    referrer: { type: 'money', amount: '25.00', currency: 'EUR' },
    friend: { type: 'percentage', percent: '10', max: '50.00' },
    milestones: [{ at: 3, type: 'badge', name: 'Referral Master' }],
    expire_days: 30,
  },
};

interface State {
  readonly status?: string;
  readonly refunded?: string;
  readonly amount?: string;
}

/** Imports bookings of C-1's friends, `completed` unless told otherwise. */
async function importBookingsOf(
  { importRows, codes }: ContestFixture,
  states: readonly State[],
): Promise<void> {
  const rows = states.map(({ status = 'completed', refunded = '', amount = '100.05' }, index) => [
    `B-${index}`,
    `f${index}@example.net`,
    codes.get('C-1') ?? '',
    amount,
    'EUR',
    status,
    `2026-06-${String(10 + index)}`,
    refunded,
  ]);
  await importRows([HEADER, ...rows]);
}

const compute = (database: Database, now = NOW) =>
  computeRewards(dependenciesAt(database, now), { contest: undefined, dryRun: false });

async function rewardsOf(database: Database) {
  const rows: string[] = [];
  for await (const row of listRewards(database.queries, { now: NOW })) {
    rows.push(`${row.customer_id} ${row.rule} ${row.amount ?? row.badge} ${row.status}`);
  }
  return rows.sort();
}

async function pay(database: Database): Promise<readonly PayoutLine[]> {
  let written: readonly PayoutLine[] = [];
  await payRewards(dependenciesAt(database), { contest: undefined, dryRun: false }, async ({ lines }) => {
    written = lines;
  });
  return written;
}

const balances = (database: Database) => listRewardBalances(database.queries, { now: NOW });

describeEngines('work on many rewards', (open) => {
  test('tells how far it is, and is taken back when it is stopped', async () => {
    const database = await open();
    await importBookingsOf(await createContestFixture(database, { rules: RULES }), [{}, {}, {}]);
    await compute(database);
    const before = await rewardsOf(database);
    const { rows: ids } = await sql<{ id: number }>`select id from rewards order by id`.execute(
      database.queries,
    );
    const told: (number | undefined)[][] = [];
    const dependencies = (now = NOW) => ({
      ...dependenciesAt(database, now),
      onProgress(...counts: (number | undefined)[]): never {
        told.push(counts);
        throw new RangeError('stopped');
      },
    });
    const some = { ids: ids.map(({ id }) => id), reason: '', dryRun: false };
    const later = '2030-01-01T00:00:00.000Z';
    for (const work of [
      () => payRewards(dependencies(), { contest: undefined, dryRun: false }, async () => {}),
      () => claimRewards(dependencies(), some),
      () => reverseRewards(dependencies(), some),
      () => expireRewards(dependencies(later), { contest: undefined, dryRun: false }),
    ]) {
      await expect(work()).rejects.toThrow('stopped');
    }
    expect(told).toEqual([[6, 6], [7, 7], [7, 7], [expect.any(Number)]]);
    expect(await rewardsOf(database)).toEqual(before);
  });
});

describeEngines('rewards', (open, engine) => {
  test('are granted once, rounded half up, with a badge at the milestone', async () => {
    const database = await open();
    await importBookingsOf(await createContestFixture(database, { rules: RULES }), [
      {},
      {},
      { amount: '900' },
      { status: 'confirmed' },
    ]);
    expect(await compute(database)).toMatchObject({
      ...{ created: 7, reversed: 0, unchanged: 0, totals: { EUR: '145.02' }, badges: 1 },
    });
    expect(await compute(database)).toMatchObject({
      created: 0,
      reversed: 0,
      unchanged: 7,
      totals: { EUR: '145.02' },
    });
    expect(await rewardsOf(database)).toEqual([
      'C-1 rewards.milestones.3.badge Referral Master available',
      'C-1 rewards.referrer 25.00 available',
      'C-1 rewards.referrer 25.00 available',
      'C-1 rewards.referrer 25.00 available',
      'b-B-0 rewards.friend 10.01 available',
      'b-B-1 rewards.friend 10.01 available',
      'b-B-2 rewards.friend 50.00 available',
    ]);
    const told: (number | undefined)[][] = [];
    const found = await verifyRewards(database.queries, NOW, (done, total) => told.push([done, total]));
    expect(found).toMatchObject({ ok: true, rewards: 7, entries: 7 });
    expect([told[0], told.at(-1)]).toEqual([
      [7, 14],
      [14, 14],
    ]);
  });

  test('are reversed with the booking, and the badge with them; they come back with it', async () => {
    const database = await open();
    const fixture = await createContestFixture(database, { rules: RULES });
    await importBookingsOf(fixture, [{}, {}, {}]);
    await compute(database);
    await importBookingsOf(fixture, [{}, {}, { status: 'cancelled' }]);
    expect(await compute(database)).toMatchObject({
      created: 0,
      reversed: 3,
      unchanged: 4,
      badges: 0,
      totals: { EUR: '70.02' },
    });
    expect((await rewardsOf(database)).filter((row) => row.endsWith('reversed'))).toEqual([
      'C-1 rewards.milestones.3.badge Referral Master reversed',
      'C-1 rewards.referrer 25.00 reversed',
      'b-B-2 rewards.friend 10.01 reversed',
    ]);
    await fixture.importRows([
      [...HEADER, 'updated_at'],
      ['B-2', '', '', '', '', 'completed', '', '', '2026-08-01'],
    ]);
    expect(await compute(database)).toMatchObject({
      created: 3,
      reversed: 0,
      badges: 1,
      totals: { EUR: '105.03' },
    });
    expect((await verifyRewards(database.queries, NOW)).findings).toEqual([]);
  });

  test('follow a partial refund: the percentage shrinks, the fixed amount stays', async () => {
    const database = await open();
    const fixture = await createContestFixture(database, { rules: RULES });
    await importBookingsOf(fixture, [{ amount: '200' }]);
    await compute(database);
    await importBookingsOf(fixture, [{ amount: '200', refunded: '50' }]);
    expect(await compute(database)).toMatchObject({
      created: 0,
      reversed: 0,
      changed: 1,
      unchanged: 1,
      totals: { EUR: '40.00' },
    });
    expect((await verifyRewards(database.queries, NOW)).findings).toEqual([]);
  });

  test('are paid once; what is reversed afterwards is deducted from the next payout', async () => {
    const database = await open();
    const fixture = await createContestFixture(database, { rules: RULES });
    await importBookingsOf(fixture, [{}, {}]);
    await compute(database);
    expect((await pay(database)).map(({ customer_id, amount_minor }) => [customer_id, amount_minor])).toEqual(
      [
        ['C-1', 5_000],
        ['b-B-0', 1_001],
        ['b-B-1', 1_001],
      ],
    );
    expect(await pay(database)).toEqual([]);
    await importBookingsOf(fixture, [{}, { status: 'cancelled' }]);
    expect(await compute(database)).toMatchObject({ reversed: 2 });
    expect(
      (await balances(database)).map(({ customer_id, paid, balance }) => [customer_id, paid, balance]),
    ).toEqual([
      ['C-1', '50.00', '-25.00'],
      ['b-B-0', '10.01', '0.00'],
      ['b-B-1', '10.01', '-10.01'],
    ]);
    await importBookingsOf(fixture, [{}, { status: 'cancelled' }, {}]);
    await compute(database);
    expect((await pay(database)).map(({ customer_id, amount_minor }) => [customer_id, amount_minor])).toEqual(
      [['b-B-2', 1_001]],
    );
    await importBookingsOf(fixture, [{}, { status: 'cancelled' }, {}, {}, {}]);
    await compute(database);
    expect((await pay(database)).find(({ customer_id }) => customer_id === 'C-1')?.amount_minor).toBe(5_000);
    expect((await balances(database)).find(({ customer_id }) => customer_id === 'C-1')).toMatchObject({
      paid: '100.00',
      balance: '0.00',
    });
    expect((await getPayout(database.queries, 'PO-000001', { now: NOW })).lines.length).toBe(3);
    expect((await verifyRewards(database.queries, NOW)).findings).toEqual([]);
  });

  test('are not paid in quarantine', async () => {
    const database = await open();
    await importBookingsOf(await createContestFixture(database, { rules: RULES }), [{}]);
    await compute(database);
    await database.queries.insertInto('meta').values({ name: 'quarantined_at', value: NOW }).execute();
    await expect(pay(database)).rejects.toMatchObject({ code: 'quarantined' });
  });

  test('can be claimed, expire when they are not, and stay away when taken back by hand', async () => {
    const database = await open();
    await importBookingsOf(await createContestFixture(database, { rules: RULES }), [{}, {}]);
    await compute(database);
    const ids = (await database.queries.selectFrom('rewards').select('id').orderBy('id').execute()).map(
      ({ id }) => id,
    );
    const [first = 0, second = 0] = ids;
    const claim = await claimRewards(dependenciesAt(database), { ids: [first], dryRun: false });
    expect(claim).toMatchObject({ changed: 1, unchanged: 0, refused: [] });
    expect(await claimRewards(dependenciesAt(database), { ids: [first], dryRun: false })).toMatchObject({
      unchanged: 1,
    });
    await reverseRewards(dependenciesAt(database), { ids: [second], reason: 'mistake', dryRun: false });
    const later = '2026-10-20T00:00:00.000Z';
    expect(
      await expireRewards(dependenciesAt(database, later), { contest: undefined, dryRun: false }),
    ).toMatchObject({ expired: 2 });
    expect(await compute(database, later)).toMatchObject({
      created: 0,
      reversed: 0,
      totals: { EUR: '25.00' },
    });
    expect((await claimRewards(dependenciesAt(database), { ids, dryRun: false })).refused).toHaveLength(3);
    expect((await verifyRewards(database.queries, later)).findings).toEqual([]);
  });

  test('are kept back while a referral is held again, and need a person to go on', async () => {
    const database = await open();
    const fixture = await createContestFixture(database, { rules: RULES });
    const { codes, importRows } = fixture;
    const ring = (from: string, to: string, reference: string) => [
      ...[
        reference,
        `${to.toLowerCase()}@example.org`,
        codes.get(from) ?? '',
        '100',
        'EUR',
        'completed',
        '2026-06-10',
        '',
      ],
    ];
    await importRows([HEADER, ring('C-1', 'C-2', 'R-1')]);
    expect(await compute(database)).toMatchObject({ created: 2, totals: { EUR: '35.00' } });
    await importRows([HEADER, ring('C-2', 'C-1', 'R-2')]);
    expect(await compute(database)).toMatchObject({ created: 0, changed: 2, totals: {} });
    expect((await balances(database)).map(({ held, available }) => [held, available])).toEqual([
      ['25.00', '0.00'],
      ['10.00', '0.00'],
    ]);
    const ids = (await database.queries.selectFrom('referrals').select('id').execute()).map(({ id }) => id);
    await decideReferrals(dependenciesAt(database), {
      ids,
      decision: 'approve',
      reason: 'a couple',
      dryRun: false,
    });
    expect(await compute(database)).toMatchObject({ created: 2, changed: 2, totals: { EUR: '70.00' } });
    expect((await verifyRewards(database.queries, NOW)).findings).toEqual([]);
  });

  test('stop at the budget, in booking order, and go on when it is free again', async () => {
    const database = await open();
    const rules = { ...RULES, limits: { budget: { EUR: '60.00' } } };
    const fixture = await createContestFixture(database, { rules });
    await importBookingsOf(fixture, [{}, {}, {}]);
    expect(await compute(database)).toMatchObject({ created: 5, over_budget: 2, totals: { EUR: '55.03' } });
    await importBookingsOf(fixture, [{ status: 'cancelled' }, {}, {}]);
    expect(await compute(database)).toMatchObject({
      created: 1,
      reversed: 3,
      over_budget: 1,
      totals: { EUR: '45.02' },
    });
    expect((await verifyRewards(database.queries, NOW)).findings).toEqual([]);
  });

  test('get what a reversal of a paid one frees of the budget in the same run, not in the next', async () => {
    const database = await open();
    const rules = { ...RULES, limits: { budget: { EUR: '60.00' } } };
    const fixture = await createContestFixture(database, { rules });
    await importBookingsOf(fixture, [{}, {}, {}]);
    await compute(database);
    await pay(database);
    await importBookingsOf(fixture, [{ status: 'cancelled' }, {}, {}]);
    expect(await compute(database)).toMatchObject({ created: 1, reversed: 3, totals: { EUR: '45.02' } });
    expect((await verifyRewards(database.queries, NOW)).findings).toEqual([]);
    expect(await compute(database)).toMatchObject({ created: 0, reversed: 0, changed: 0 });
  });

  test('cannot be edited, and every edit that goes around the guards is found', async () => {
    const database = await open();
    await importBookingsOf(await createContestFixture(database, { rules: RULES }), [{}, {}, {}]);
    await compute(database);
    await pay(database);
    await expect(sql`update ledger_entries set amount_minor = 1`.execute(database.queries)).rejects.toThrow();
    await expect(sql`delete from ledger_entries`.execute(database.queries)).rejects.toThrow();
    await removeGuards(database, engine);
    const edits = [
      sql`update ledger_entries set amount_minor = amount_minor + 1 where id = 2`,
      sql`update ledger_entries set customer_ref = customer_ref + 1 where id = 2`,
      sql`update ledger_entries set recorded_at = '2026-01-01T00:00:00.000Z' where id = 2`,
      sql`update ledger_entries set reason = 'because' where id = 2`,
      sql`delete from ledger_entries where id = 2`,
      sql`update rewards set amount_minor = amount_minor + 100 where id = 2`,
      sql`update rewards set status = 'available' where id = 2`,
      sql`update referrals set status = 'rejected' where id = 1`,
      sql`update payout_items set amount_minor = amount_minor + 1`,
    ];
    for (const edit of edits) {
      const verification = await database.transaction(
        async (queries) => {
          await edit.execute(queries);
          return verifyRewards(queries, NOW);
        },
        { rollback: true },
      );
      expect(verification.ok).toBe(false);
    }
    expect((await verifyRewards(database.queries, NOW)).findings).toEqual([]);
  });
});

async function removeGuards(database: Database, engine: Engine): Promise<void> {
  for (const table of ['ledger_entries', 'payout_items']) {
    if (engine === 'postgres')
      await sql`alter table ${sql.ref(table)} disable trigger user`.execute(database.queries);
    else {
      for (const verb of ['update', 'delete']) {
        await sql`drop trigger ${sql.ref(`${table}_refuses_${verb}`)}`.execute(database.queries);
      }
    }
  }
}
