import { expect, test } from 'vitest';
import { type ContestFixture, createContestFixture, dependenciesAt } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import type { Database } from '../database/database.ts';
import { convertByHand } from './convert-by-hand.ts';
import { decideReferrals } from './decide-referrals.ts';
import { explainReferral } from './explain-referral.ts';
import { type ListedReferral, listReferralIds, listReferrals } from './list-referrals.ts';
import { trackSignUp } from './track-sign-up.ts';

const NOW = '2026-07-01T00:00:00.000Z';
const HEADER = ['booking_reference', 'email', 'code', 'amount', 'status', 'booked_at', 'city'];

async function importTwo({ importRows, codes }: ContestFixture, status = 'completed'): Promise<void> {
  await importRows([
    HEADER,
    ['B-1', 'c-1+x@example.org', codes.get('C-1') ?? '', '100', status, '2026-06-10', 'Utrecht'],
    ['B-2', 'honest@example.net', codes.get('C-1') ?? '', '200', status, '2026-06-11', 'Gent'],
  ]);
}

async function decide(database: Database, where: string, decision: 'approve' | 'reject' | 'reverse') {
  const ids = await listReferralIds(database.queries, { where: [where], now: NOW });
  return decideReferrals(dependenciesAt(database), { ids, decision, reason: 'because', dryRun: false });
}

describeEngines('decisions of people', (open) => {
  test('approve what is held, and outlive the next import; a cancellation reverses all the same', async () => {
    const database = await open();
    const fixture = await createContestFixture(database);
    await importTwo(fixture);
    expect(await decide(database, 'reason = fraud.alias', 'approve')).toMatchObject({
      changed: 1,
      refused: [],
    });
    expect(await decide(database, 'booking_reference = B-1', 'approve')).toMatchObject({
      changed: 0,
      unchanged: 1,
    });
    await importTwo(fixture);
    expect((await fixture.referrals()).map(({ status }) => status)).toEqual(['approved', 'approved']);
    await importTwo(fixture, 'cancelled');
    expect((await fixture.referrals()).map(({ status }) => status)).toEqual(['reversed', 'reversed']);
    expect((await decide(database, 'booking_reference = B-1', 'approve')).refused).toHaveLength(1);
  });

  test('reject and reverse for good, and refuse what makes no sense', async () => {
    const database = await open();
    const fixture = await createContestFixture(database);
    await importTwo(fixture);
    expect(await decide(database, 'booking_reference = B-1', 'reject')).toMatchObject({ changed: 1 });
    expect(await decide(database, 'booking_reference = B-2', 'reject')).toMatchObject({
      changed: 0,
      refused: [{}],
    });
    expect(await decide(database, 'booking_reference = B-2', 'reverse')).toMatchObject({ changed: 1 });
    expect((await fixture.referrals()).map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      'rejected decision',
      'reversed decision',
    ]);
    await expect(
      decideReferrals(dependenciesAt(database), {
        ids: [999],
        decision: 'approve',
        reason: '',
        dryRun: false,
      }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('tell how many referrals are decided, and are taken back where that ends them', async () => {
    const database = await open();
    const fixture = await createContestFixture(database);
    await importTwo(fixture);
    const ids = await listReferralIds(database.queries, { where: ['reason = fraud.alias'], now: NOW });
    const told: (number | undefined)[][] = [];
    const before = await fixture.referrals();
    const work = decideReferrals(
      {
        ...dependenciesAt(database),
        onDecided(decided, candidates) {
          told.push([decided, candidates]);
          throw new RangeError('stopped');
        },
      },
      { ids, decision: 'approve', reason: 'because', dryRun: false },
    );
    await expect(work).rejects.toThrow('stopped');
    expect(told).toEqual([[2, 2]]);
    expect(await fixture.referrals()).toEqual(before);
  });

  test('are part of the chain that explains a referral', async () => {
    const database = await open();
    await importTwo(await createContestFixture(database));
    await decide(database, 'booking_reference = B-1', 'approve');
    const [id = 0] = await listReferralIds(database.queries, {
      where: ['booking_reference = B-1'],
      now: NOW,
    });
    const steps = await explainReferral(database.queries, id);
    expect(steps.map(({ step }) => step)).toEqual(['booking', 'code', 'fraud', 'decision', 'rule']);
    expect(steps.at(-1)?.what).toContain('approved by decision');
  });

  test('can be found by what a list shows, attributes and amounts included', async () => {
    const database = await open();
    await importTwo(await createContestFixture(database));
    const rows: ListedReferral[] = [];
    for await (const row of listReferrals(database.queries, {
      where: ['amount >= 150', 'attributes.city = Gent'],
      now: NOW,
    }))
      rows.push(row);
    expect(rows).toMatchObject([
      { booking_reference: 'B-2', amount: '200.00', currency: 'EUR', referrer_id: 'C-1', points: 1 },
    ]);
  });
});

describeEngines('sign-ups and conversions by hand', (open) => {
  const track = (database: Database, code: string, customerId: string) =>
    trackSignUp(dependenciesAt(database, NOW), {
      code,
      customerId,
      contest: undefined,
      at: undefined,
      dryRun: false,
    });
  const convert = (database: Database, code: string, bookingReference: string | undefined) =>
    convertByHand(dependenciesAt(database, NOW), {
      code,
      customerId: 'C-2',
      bookingReference,
      amount: '100',
      currency: 'EUR',
      bookedAt: undefined,
      dryRun: false,
    });

  test('a sign-up is recorded once, for others than oneself, with a code that exists', async () => {
    const database = await open();
    const { codes } = await createContestFixture(database);
    const code = codes.get('C-1') ?? '';
    expect(await track(database, ` ${code.toLowerCase()} `, 'C-2')).toMatchObject({
      created: true,
      referrer_id: 'C-1',
    });
    expect(await track(database, code, 'C-2')).toMatchObject({ created: false });
    await expect(track(database, code, 'C-1')).rejects.toMatchObject({ code: 'state_forbids' });
    await expect(track(database, code, 'C-99')).rejects.toMatchObject({ code: 'not_found' });
    await expect(track(database, 'NOSUCH', 'C-2')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a conversion by hand is decided by the same rules, once per reference', async () => {
    const database = await open();
    const { codes } = await createContestFixture(database);
    const code = codes.get('C-1') ?? '';
    await expect(convert(database, code, undefined)).rejects.toMatchObject({ code: 'state_forbids' });
    expect(await convert(database, code, 'TEL-1')).toMatchObject({
      status: 'approved',
      booking_reference: 'TEL-1',
      amount: '100.00',
    });
    await expect(convert(database, code, 'TEL-1')).rejects.toMatchObject({ code: 'already_exists' });
    expect(await convert(database, codes.get('C-2') ?? '', 'TEL-2')).toMatchObject({
      status: 'rejected',
      reason: 'self_referral',
    });
  });
});
