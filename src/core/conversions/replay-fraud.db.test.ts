import { expect, test } from 'vitest';
import { CONTEST, createContestFixture, dependenciesAt, NOW } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { amendRules } from '../contests/amend-rules.ts';
import { getContest } from '../contests/get-contest.ts';
import { parseRules } from '../contests/rules.ts';
import type { Database } from '../database/database.ts';
import { getReferralCounts } from './advance-referrals.ts';
import { replayFraud } from './replay-fraud.ts';

const HEADER = ['booking_reference', 'email', 'customer_id', 'code', 'amount', 'status', 'booked_at', 'city'];

async function fill(database: Database) {
  const people = {
    'C-1': { email: 'jan.smit@example.org', phone: '+31 6 1234 5678' },
    'C-2': {},
    'C-3': {},
    'C-4': { email: 'x4@example.net', phone: '0612345678' },
  };
  const fixture = await createContestFixture(database, { people });
  const code = (id: keyof typeof people) => fixture.codes.get(id) ?? '';
  const booking = (reference: string, email: string, id: string, of: keyof typeof people, minute: number) => [
    ...[reference, email, id, code(of), '100', 'completed', `2026-06-10T10:${minute}`, `Town ${reference}`],
  ];
  await fixture.importRows([
    HEADER,
    booking('B-1', 'jansmit+tag@example.org', '', 'C-1', 10),
    booking('B-2', '', 'C-4', 'C-1', 11),
    booking('B-3', '', 'C-3', 'C-2', 12),
    booking('B-4', '', 'C-2', 'C-3', 13),
    booking('B-5', 'honest@example.net', '', 'C-1', 14),
    booking('B-6', 'frank@example.com', '', 'C-1', 15),
    booking('B-7', 'zoe@mailinator.com', '', 'C-1', 16),
  ]);
  return fixture;
}

const replay = (
  database: Database,
  document: unknown,
  { limit = 100, offset = 0 } = {},
  looks: number[] = [],
) =>
  database.snapshot(
    (queries) =>
      replayFraud(queries, {
        ...{ contest: CONTEST, document, now: NOW, limit, offset },
        onProgress: (bookings) => looks.push(bookings),
      }),
    { temporaryTables: true },
  );

describeEngines('replayFraud', (open) => {
  test('finds nothing to change under the rules of the contest', async () => {
    const { database } = await fill(await open());
    const looks: number[] = [];
    const told = await replay(database, {}, {}, looks);
    expect(looks.at(-1)).toBe(7);
    expect(told).toMatchObject({ referrals: 7, changed: 0, transitions: {}, changes: [] });
    expect(told.before).toEqual(told.after);
    expect(told.before).toMatchObject({ held: 5, approved: 2 });
    expect(told.rules['ring']).toEqual({ found: 2, decides: 2, decided_before: 2 });
    expect(told.approved).toEqual({ EUR: '200.00' });
  });

  test('names what other rules would decide, with evidence and money, and changes nothing', async () => {
    const { database, referrals } = await fill(await open());
    const before = await referrals();
    const told = await replay(database, { fraud: { default: 'ignore', ring: 'reject' } });
    expect(told).toMatchObject({
      ...{ changed: 5, transitions: { 'held → approved': 3, 'held → rejected': 2 } },
      ...{ approved_before: { EUR: '200.00' }, approved: { EUR: '500.00' } },
    });
    expect(told.rules['alias']).toEqual({ found: 0, decides: 0, decided_before: 1 });
    expect(told.changes[2]).toMatchObject({
      ...{
        booking_reference: 'B-3',
        referrer_id: 'C-2',
        friend_id: 'C-3',
        amount: '100.00',
        currency: 'EUR',
      },
      ...{ status_before: 'held', reason_before: 'fraud.ring', status: 'rejected', reason: 'fraud.ring' },
      fraud: [{ rule: 'ring', action: 'reject', evidence: { size: 2, customer_ids: ['C-2', 'C-3'] } }],
    });
    const page = await replay(
      database,
      { fraud: { default: 'ignore', ring: 'reject' } },
      { limit: 2, offset: 1 },
    );
    expect(page.changes).toEqual(told.changes.slice(1, 3));
    expect(page.changed).toBe(5);
    expect(await referrals()).toEqual(before);
  });

  test('says what amending the contest would come to', async () => {
    const { database } = await fill(await open());
    const documents = [
      { fraud: { velocity: { action: 'hold', max_per_hour: 3 }, alias: 'reject' } },
      { fraud: { public_code: { action: 'hold', max_domains: 2, max_places: 2 } } },
      { approval: { mode: 'manual' }, fraud: { default: 'ignore' } },
      { limits: { referrals_per_participant: 1 }, eligibility: { min_amount: '50.00' } },
    ];
    for (const document of documents) {
      const told = await replay(database, document);
      const { rules } = await getContest(database.queries, CONTEST);
      const counts = await database.transaction(
        async (trx) => {
          await amendRules(trx, dependenciesAt(database), CONTEST, parseRules({ ...rules, ...document }));
          return getReferralCounts(trx, await getContest(trx, CONTEST));
        },
        { rollback: true },
      );
      expect(told.after).toEqual(counts);
      expect(told.changed).toBeGreaterThan(0);
    }
  });

  test('refuses a document with a rule that does not exist, and a contest that is unknown', async () => {
    const { database } = await fill(await open());
    await expect(replay(database, { fraud: { alais: 'hold' } })).rejects.toMatchObject({
      code: 'input_unusable',
    });
    await expect(replay(database, [])).rejects.toMatchObject({ code: 'input_unusable' });
    const unknown = database.snapshot((queries) =>
      replayFraud(queries, { contest: 'sumer', document: {}, now: NOW, limit: 1, offset: 0 }),
    );
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
  });
});
