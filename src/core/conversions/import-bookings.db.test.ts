import { expect, test } from 'vitest';
import { CONTEST, createContestFixture, NOW } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';

const HEADER = [
  'booking_reference',
  'email',
  'code',
  'amount',
  'currency',
  'status',
  'booked_at',
  'completed_at',
];

describeEngines('importBookings', (open) => {
  test('credits a booking to the owner of its code, however the code is written', async () => {
    const { importRows, referrals, codes } = await createContestFixture(await open());
    const code = codes.get('C-1') ?? '';
    const written = `${code.slice(0, 4).toLowerCase()} - ${code.slice(4)}`;
    const result = await importRows([
      HEADER,
      ['B-1', 'friend@example.net', written, '120.50', 'EUR', 'completed', '2026-06-10', '2026-06-20'],
      ['B-2', 'other@example.net', '', '80', 'EUR', 'confirmed', '2026-06-11 10:00', ''],
    ]);
    expect(result).toMatchObject({
      rows: 2,
      created: 2,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      unattributed: 1,
    });
    expect(result.referrals).toMatchObject({ pending: 0, held: 0, approved: 1, rejected: 0, reversed: 0 });
    expect(await referrals()).toEqual([
      {
        booking_reference: 'B-1',
        referrer: 'C-1',
        status: 'approved',
        reason: 'approval.automatic',
        amount_minor: 12_050,
      },
    ]);
  });

  test('reads dates, amounts and nothing as it is told to, before what the file shows', async () => {
    const database = await open();
    const { importRows } = await createContestFixture(database);
    const rows = [
      HEADER,
      ['B-1', 'friend@example.net', 'onbekend', '1.234', 'EUR', 'completed', '06/07/2026', ' onbekend '],
    ];
    expect(await importRows(rows, { nothing: ['onbekend'] })).toMatchObject({ rejected: 1, created: 0 });
    const told = { dateOrder: 'mdy', decimalMark: ',', nothing: ['onbekend'] } as const;
    expect(await importRows(rows, told)).toMatchObject({ rejected: 0, created: 1 });
    const booking = () =>
      database.queries
        .selectFrom('bookings')
        .select(['booked_at', 'completed_at', 'amount_minor', 'code'])
        .executeTakeFirstOrThrow();
    const amount_minor = 123_400;
    expect(await booking()).toEqual({
      ...{ booked_at: '2026-06-06T22:00:00.000Z', completed_at: null, amount_minor, code: null },
    });
    const below = [['An export'], ['of June'], ...rows, ['B-2', '', '', '5', 'EUR', 'confirmed', '', '']];
    expect(await importRows(below, { ...told, headerLine: 3 })).toMatchObject({ rows: 2, created: 1 });
  });

  test('follows a booking from confirmed over completed to refunded, and refuses the way back', async () => {
    const { importRows, referrals, codes } = await createContestFixture(await open());
    const row = (status: string, more: readonly string[] = []) => [
      [...HEADER, 'refunded_amount', 'updated_at'],
      ['B-1', 'friend@example.net', codes.get('C-1') ?? '', '100', 'EUR', status, '2026-06-10', '', ...more],
    ];
    expect((await importRows(row('confirmed', ['', '']))).referrals.pending).toBe(1);
    const completed = await importRows(row('completed', ['', '']));
    expect(completed).toMatchObject({ updated: 1, transitions: { 'confirmed → completed': 1 } });
    expect(completed.referrals.approved).toBe(1);
    expect((await importRows(row('completed', ['30', '']))).referrals.approved).toBe(1);
    expect((await referrals())[0]).toMatchObject({ status: 'approved', amount_minor: 7_000 });
    expect((await importRows(row('refunded', ['', '2026-07-05']))).referrals.reversed).toBe(1);
    expect((await referrals())[0]).toMatchObject({ status: 'reversed', reason: 'refunded' });
    expect(await importRows(row('completed', ['', '2026-07-04']))).toMatchObject({
      unchanged: 1,
      updated: 0,
    });
    expect(await importRows(row('confirmed', ['', '']))).toMatchObject({ unchanged: 1, known_file: true });
    expect((await importRows(row('completed', ['', '2026-07-06']))).referrals.approved).toBe(1);
  });

  test('changes nothing when the same bytes come again, even after a later state', async () => {
    const { importRows, codes } = await createContestFixture(await open());
    const first = [
      HEADER,
      ['B-1', 'f@example.net', codes.get('C-1') ?? '', '100', 'EUR', 'confirmed', '2026-06-10', ''],
    ];
    const second = first.map((row) => row.map((cell) => (cell === 'confirmed' ? 'completed' : cell)));
    await importRows(first);
    await importRows(second);
    const again = await importRows(first);
    expect(again).toMatchObject({ rows: 1, created: 0, updated: 0, unchanged: 1, known_file: true });
    expect(again.referrals.approved).toBe(1);
  });

  test('refuses self-referrals, second bookings, old customers and small bookings, each by its rule', async () => {
    const rules = { eligibility: { min_amount: '50.00' } };
    const { importRows, referrals, codes } = await createContestFixture(await open(), { rules });
    const [one = '', two = ''] = [codes.get('C-1'), codes.get('C-2')];
    await importRows([
      HEADER,
      ['A-0', 'old@example.net', '', '100', 'EUR', 'completed', '2026-01-10', ''],
      ['A-1', 'old@example.net', one, '100', 'EUR', 'completed', '2026-06-10', ''],
      ['A-2', 'c-1@example.org', one, '100', 'EUR', 'completed', '2026-06-10', ''],
      ['A-3', 'new@example.net', one, '100', 'EUR', 'completed', '2026-06-12', ''],
      ['A-4', 'new@example.net', two, '100', 'EUR', 'completed', '2026-06-11', ''],
      ['A-5', 'small@example.net', two, '49.99', 'EUR', 'completed', '2026-06-11', ''],
      ['A-6', 'early@example.net', two, '100', 'EUR', 'completed', '2026-05-31T23:59', ''],
      ['A-7', 'late@example.net', two, '100', 'EUR', 'completed', '2026-09-01T00:00', ''],
    ]);
    expect(
      (await referrals()).map(
        ({ booking_reference, status, reason }) => `${booking_reference} ${status} ${reason}`,
      ),
    ).toEqual([
      'A-1 rejected eligibility.new_friend',
      'A-2 rejected self_referral',
      'A-3 rejected friend_already_referred',
      'A-4 approved approval.automatic',
      'A-5 rejected eligibility.min_amount',
      'A-6 rejected outside_contest',
      'A-7 rejected outside_contest',
    ]);
  });

  test('holds aliases, shared phones, throw-away addresses and rings, and never approves them by time', async () => {
    const people = {
      'C-1': { email: 'jan.smit@example.org', phone: '+31 6 1234 5678' },
      'C-2': {},
      'C-3': {},
      'C-4': { email: 'x4@example.net', phone: '0612345678' },
      'C-5': { email: 'jan.smit@example.org' },
    };
    const { importRows, referrals, codes } = await createContestFixture(await open(), { people });
    const code = (id: keyof typeof people) => codes.get(id) ?? '';
    const header = [...HEADER, 'customer_id'];
    const rows = [
      ['F-1', 'jansmit+tag@example.org', code('C-1'), '100', 'EUR', 'completed', '2026-06-10', '', ''],
      ['F-2', '', code('C-1'), '100', 'EUR', 'completed', '2026-06-11', '', 'C-4'],
      ['F-3', 'someone@mailinator.com', code('C-1'), '100', 'EUR', 'completed', '2026-06-12', '', ''],
      ['F-4', '', code('C-2'), '100', 'EUR', 'completed', '2026-06-13', '', 'C-3'],
      ['F-5', '', code('C-3'), '100', 'EUR', 'completed', '2026-06-14', '', 'C-2'],
      ['F-6', '', code('C-1'), '100', 'EUR', 'completed', '2026-06-15', '', 'C-5'],
      ['F-7', 'honest@example.org', code('C-1'), '100', 'EUR', 'completed', '2026-06-16', '', ''],
    ];
    await importRows([header, ...rows]);
    const expected = [
      'F-1 held fraud.alias',
      'F-2 held fraud.same_phone',
      'F-3 held fraud.disposable_domain',
      'F-4 held fraud.ring',
      'F-5 held fraud.ring',
      'F-6 rejected fraud.same_mailbox',
      'F-7 approved approval.automatic',
    ];
    const told = async () =>
      (await referrals()).map((row) => `${row.booking_reference} ${row.status} ${row.reason}`);
    expect(await told()).toEqual(expected);
    await importRows([header, ...rows, ['F-8', '', '', '1', 'EUR', 'confirmed', '2026-06-16', '', '']], {
      clock: clockAt('2030-01-01T00:00:00.000Z'),
    });
    expect(await told()).toEqual(expected);
  });

  test('approves after the hold days, counted from completion', async () => {
    const rules = { approval: { hold_days: 14 } };
    const { importRows, codes } = await createContestFixture(await open(), { rules });
    const rows = [
      HEADER,
      ['B-1', 'f@example.net', codes.get('C-1') ?? '', '100', 'EUR', 'completed', '2026-06-10', '2026-09-10'],
    ];
    expect((await importRows(rows)).referrals).toMatchObject({ held: 1, approved: 0 });
    const before = await importRows(rows, { clock: clockAt('2026-09-23T21:59:59.999Z') });
    expect(before.referrals).toMatchObject({ held: 1, approved: 0 });
    const after = await importRows(rows, { clock: clockAt('2026-09-23T22:00:00.000Z') });
    expect(after.referrals).toMatchObject({ held: 0, approved: 1 });
  });

  test('gives the same referrals whatever the order of the rows', async () => {
    const rules = {
      limits: { referrals_per_participant: 3 },
      fraud: { velocity: { action: 'hold', max_per_hour: 2 } },
    };
    const told: string[] = [];
    const database = await open();
    const { importRows, referrals, codes } = await createContestFixture(database, { rules });
    const all = ['C-1', 'C-2', 'C-3'].map((id) => codes.get(id) ?? '');
    const rows = Array.from({ length: 60 }, (_, index) => [
      `R-${index}`,
      `friend${index % 40}@example.net`,
      all[index % 3] ?? '',
      String(100 + index),
      'EUR',
      index % 7 === 0 ? 'cancelled' : 'completed',
      `2026-06-10T${String(10 + (index % 4)).padStart(2, '0')}:${String((index * 7) % 60).padStart(2, '0')}`,
      '',
    ]);
    for (let seed = 0; seed < 4; seed += 1) {
      await database.queries.deleteFrom('booking_changes').execute();
      await database.queries.deleteFrom('referrals').execute();
      await database.queries.deleteFrom('bookings').execute();
      await database.queries.deleteFrom('imports').execute();
      const shuffled = rows
        .map((row, index) => ({ row, key: (index * 7919 * (seed + 1)) % 101 }))
        .sort((a, b) => a.key - b.key);
      const half = Math.floor(rows.length / 2);
      await importRows([HEADER, ...shuffled.slice(0, half).map(({ row }) => row)]);
      await importRows([HEADER, ...shuffled.slice(half).map(({ row }) => row)]);
      told.push(JSON.stringify(await referrals()));
    }
    expect(new Set(told).size).toBe(1);
  });

  test('writes refused rows to a file and takes the good ones; a dry run writes nothing', async () => {
    const database = await open();
    const { importRows, codes } = await createContestFixture(database);
    const rows = [
      HEADER,
      ['B-1', 'f@example.net', codes.get('C-1') ?? '', '100', 'EUR', 'completed', '2026-06-10', ''],
      ['', 'g@example.net', '', '100', 'EUR', 'completed', '2026-06-10', ''],
      ['B-3', 'g@example.net', '', 'much', 'EUR', 'completed', '2026-06-10', ''],
      ['B-4', 'g@example.net', '', '1.001', 'EUR', 'completed', '2026-06-10', ''],
      ['B-5', 'g@example.net', '', '1', 'EUR', 'gone', '2026-06-10', ''],
      ['B-6', 'g@example.net', '', '1', 'EUR', 'completed', '2026-02-30', ''],
      ['B-7', 'no address', '', '1', 'EUR', 'completed', '2026-06-10', ''],
    ];
    const dry = await importRows(rows, { dryRun: true });
    expect(dry).toMatchObject({
      rows: 7,
      created: 1,
      rejected: 6,
      dry_run: true,
      referrals: { approved: 1 },
    });
    expect(await database.queries.selectFrom('bookings').selectAll().execute()).toEqual([]);
    expect(await database.queries.selectFrom('customers').select('id').execute()).toHaveLength(3);
    expect(await importRows(rows)).toMatchObject({ rows: 7, created: 1, rejected: 6 });
  });

  test('names the nearest real code for one with a wrong check symbol, and credits nobody', async () => {
    const { importRows, codes } = await createContestFixture(await open());
    const code = codes.get('C-1') ?? '';
    const wrong = `${code.slice(0, 3)}${code[3] === '2' ? '3' : '2'}${code.slice(4)}`;
    const result = await importRows([
      HEADER,
      ['B-1', 'f@example.net', wrong, '1', 'EUR', 'completed', '2026-06-10', ''],
    ]);
    expect(result).toMatchObject({ unattributed: 1, rejected: 0 });
    expect(result.code_problems).toEqual([
      { line: 2, booking_reference: 'B-1', code: wrong, problem: 'wrong_check_symbol', nearest: code },
    ]);
  });

  test('credits by an earlier sign-up within the window when there is no code', async () => {
    const database = await open();
    const { importRows, referrals, codes } = await createContestFixture(database, {
      people: { 'C-1': {}, 'C-2': {}, 'C-9': {} },
    });
    const sign = async (owner: string, at: string) => {
      const code = await database.queries
        .selectFrom('codes')
        .select(['id', 'contest_id'])
        .where('code', '=', codes.get(owner) ?? '')
        .executeTakeFirstOrThrow();
      const friend = await database.queries
        .selectFrom('customers')
        .select('id')
        .where('customer_id', '=', 'C-9')
        .executeTakeFirstOrThrow();
      await database.queries
        .insertInto('sign_ups')
        .values({
          contest_id: code.contest_id ?? 0,
          code_id: code.id,
          customer_ref: friend.id,
          signed_up_at: at,
          run_id: null,
        })
        .execute();
    };
    await sign('C-2', '2026-06-05T00:00:00.000Z');
    await sign('C-1', '2026-06-06T00:00:00.000Z');
    await importRows([
      [...HEADER, 'customer_id'],
      ['B-1', '', '', '100', 'EUR', 'completed', '2026-07-05', '', 'C-9'],
    ]);
    expect(await referrals()).toMatchObject([{ referrer: 'C-2', status: 'approved' }]);
    await importRows([
      [...HEADER, 'customer_id'],
      ['B-1', '', '', '100', 'EUR', 'completed', '2026-07-05T12:00', '', 'C-9'],
    ]);
    expect(await referrals()).toMatchObject([{ referrer: 'C-1', status: 'approved' }]);
  });

  test('takes nothing for a contest that is not launched, unknown, or final', async () => {
    const database = await open();
    const { importRows } = await createContestFixture(database);
    const rows = [HEADER, ['B-1', 'f@example.net', '', '100', 'EUR', 'completed', '2026-06-10', '']];
    await expect(importRows(rows, { contest: 'sumer' })).rejects.toMatchObject({ code: 'not_found' });
    for (const status of ['draft', 'finalized', 'cancelled'] as const) {
      await database.queries.updateTable('contests').set({ status }).where('slug', '=', CONTEST).execute();
      await expect(importRows(rows)).rejects.toBeInstanceOf(ReferralError);
    }
    await database.queries
      .updateTable('contests')
      .set({ status: 'ended', ended_at: NOW })
      .where('slug', '=', CONTEST)
      .execute();
    expect(await importRows(rows)).toMatchObject({ created: 1 });
  });

  test('counts a booking once that has several rows, whether the file is new or known', async () => {
    const { importRows } = await createContestFixture(await open());
    const row = (reference: string, amount: string) => [reference, amount, 'completed', '2026-06-10'];
    const rows = [
      ['booking_reference', 'amount', 'status', 'booked_at'],
      ...[row('B-1', '1'), row('B-2', '1'), row('B-1', '2'), row('B-1', '3')],
    ];
    expect(await importRows(rows)).toMatchObject({ created: 2, unattributed: 2, known_file: false });
    expect(await importRows(rows)).toMatchObject({ created: 0, unattributed: 2, known_file: true });
  });

  test('finds the booker of every row of a file that names some of them', async () => {
    const database = await open();
    const { importRows } = await createContestFixture(database);
    const row = (reference: string, email: string) => [reference, email, '1', 'completed', '2026-06-10'];
    const header = ['booking_reference', 'email', 'amount', 'status', 'booked_at'];
    await importRows([header, row('B-1', ''), row('B-2', 'friend@example.net')]);
    // Of another system, and the customer that is made of its booking is there already.
    await importRows([header, row('B-1', 'new@example.net'), row('B-3', 'friend@example.net')], {
      source: 'phone',
    });
    expect(await listBookers(database)).toEqual([
      ...['bookings B-1 b-B-1', 'bookings B-2 b-B-2', 'phone B-1 b-B-1', 'phone B-3 b-B-2'],
    ]);
  });

  test('holds a refund without an amount against the booking that is known, and refuses one that is more', async () => {
    const { importRows } = await createContestFixture(await open());
    const header = ['booking_reference', 'amount', 'refunded_amount', 'status', 'booked_at'];
    const row = (...[reference, amount, refund]: [string, string, string]) => [
      ...[reference, amount, refund, 'completed', '2026-06-10'],
    ];
    await importRows([header, row('B-1', '10', ''), row('B-2', '10', '')]);
    // B-3 is new: of nothing that was paid, nothing can be paid back.
    const second = [header, row('B-1', '', '4'), row('B-2', '', '11'), row('B-3', '', '1')];
    expect(await importRows(second)).toMatchObject({ created: 0, updated: 1, rejected: 2 });
  });

  test('gives a booking to the first of several customers with one address, once', async () => {
    const database = await open();
    const { importRows } = await createContestFixture(database, {
      people: { 'C-1': {}, 'C-9': { email: 'house@example.org' }, 'C-2': { email: 'house@example.org' } },
    });
    await importRows([
      ['booking_reference', 'email', 'amount', 'status', 'booked_at'],
      ...['B-1', 'B-2'].map((reference) => [reference, 'house@example.org', '1', 'completed', '2026-06-10']),
    ]);
    expect(await listBookers(database)).toEqual(['bookings B-1 C-9', 'bookings B-2 C-9']);
  });

  test('makes one customer of a booking whose rows have several addresses, the same whatever their order', async () => {
    const row = (email: string) => ['B-1', email, '1', 'completed', '2026-06-10'];
    const rows = [row('zoe@example.net'), row('ann@example.net'), row('mia@example.net')];
    for (const some of [rows, rows.toReversed()]) {
      const database = await open();
      const { importRows } = await createContestFixture(database);
      await importRows([['booking_reference', 'email', 'amount', 'status', 'booked_at'], ...some]);
      const made = await database.queries
        .selectFrom('customers')
        .select(['customer_id', 'email'])
        .where('source', '=', 'booking')
        .execute();
      expect(made).toEqual([{ customer_id: 'b-B-1', email: 'ann@example.net' }]);
    }
  });
});

async function listBookers({ queries }: Database): Promise<string[]> {
  const bookers = await queries
    .selectFrom('bookings as b')
    .leftJoin('customers as c', 'c.id', 'b.customer_ref')
    .select(['b.source', 'b.booking_reference', 'c.customer_id'])
    .orderBy('b.source')
    .orderBy('b.booking_reference')
    .execute();
  return bookers.map((each) => Object.values(each).join(' '));
}
