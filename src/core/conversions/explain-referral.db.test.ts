import { expect, test } from 'vitest';
import { CONTEST, createContestFixture, dependenciesAt, NOW } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database } from '../database/database.ts';
import { computeRewards } from '../rewards/compute-rewards.ts';
import { advanceReferrals } from './advance-referrals.ts';
import { explainReferral } from './explain-referral.ts';
import { listReferralIds } from './list-referrals.ts';

const HEADER = ['booking_reference', 'email', 'code', 'amount', 'status', 'booked_at', 'updated_at', 'city'];

async function explain({ queries }: Database, reference: string) {
  const [id = 0] = await listReferralIds(queries, { where: [`booking_reference = ${reference}`], now: NOW });
  return explainReferral(queries, id);
}

describeEngines('the chain that explains a referral', (open) => {
  test('names every change of the booking, the booking in the way, and what was paid and taken back', async () => {
    const rules = { rewards: { referrer: { type: 'percentage', percent: '10' } } };
    const database = await open();
    const { importRows, codes } = await createContestFixture(database, { rules });
    const [one = '', two = ''] = [codes.get('C-1'), codes.get('C-2')];
    const first = (amount: string, status: string, day: string, city: string) => [
      ...['B-1', 'f@example.net', one, amount, status, '2026-06-10', day, city],
    ];
    const others = [
      ['B-2', 'f@example.net', two, '90', 'completed', '2026-06-12', '2026-06-12', ''],
      ['B-3', 'old@example.net', '', '90', 'completed', '2026-01-05', '2026-01-06', ''],
      ['B-4', 'old@example.net', two, '90', 'completed', '2026-06-12', '2026-06-12', ''],
    ];
    const compute = () => computeRewards(dependenciesAt(database), { contest: CONTEST, dryRun: false });
    await importRows([HEADER, first('100', 'confirmed', '2026-06-10', 'Gent'), ...others]);
    const planned = await importRows([HEADER, first('80', 'completed', '2026-06-20', 'Utrecht')], {
      dryRun: true,
    });
    expect(planned).toMatchObject({
      transitions: { 'confirmed → completed': 1 },
      money: { booked: { EUR: '-20.00' }, refunded: {}, approved_before: {}, approved: { EUR: '80.00' } },
    });
    await importRows([HEADER, first('80', 'completed', '2026-06-20', 'Utrecht')]);
    await compute();
    const refunded = await importRows([HEADER, first('80', 'refunded', '2026-07-01', 'Utrecht')]);
    expect(refunded.money).toMatchObject({ refunded: { EUR: '80.00' }, approved_before: { EUR: '80.00' } });
    await compute();

    const steps = await explain(database, 'B-1');
    const told = (step: string) => steps.filter((each) => each.step === step).map(({ what }) => what);
    expect(told('booking')[0]).toContain('bookings B-1 by b-B-1: refunded, 80.00 less 80.00 EUR');
    expect(told('change')[0]).toMatch(
      /^confirmed → completed, amount 100\.00 → 80\.00, attributes\.city Gent → Utrecht, updated_at /,
    );
    expect(told('change')[1]).toMatch(/^completed → refunded, refunded 0\.00 → 80\.00/);
    expect(told('code')[0]).toContain(`the code ${one} belongs to C-1 (counts until `);
    expect(told('rule')).toEqual(['reversed by refunded']);
    expect(told('ledger')).toHaveLength(2);
    expect(told('ledger')[0]).toContain('grant: 8.00 EUR program → available for C-1');
    expect(told('ledger')[1]).toContain('8.00 EUR available → ');
    // The other booking of the friend moved up when the first one was paid back.
    expect((await explain(database, 'B-2')).at(-2)?.what).toContain('approved by approval.automatic');
    const known = await explain(database, 'B-4');
    expect(known.at(-1)?.what).toContain(
      'rejected by eligibility.new_friend = "no_booking_before_contest": bookings B-3, booked at 2026-01-04T23:00',
    );
    // Back again, by a newer state: the first booking has its place again.
    await importRows([HEADER, first('80', 'completed', '2026-07-02', 'Utrecht')]);
    const [second] = (await explain(database, 'B-2')).filter(({ step }) => step === 'rule');
    expect(second?.what).toMatch(
      /rejected by friend_already_referred: bookings B-1, booked at .*, referral \d+ of C-1/,
    );
  });

  test('says when a referral expired, and lets the next booking of the friend move up', async () => {
    const database = await open();
    const rules = { approval: { expire_days: 30, hold_days: 14 } };
    const { importRows, referrals, codes } = await createContestFixture(database, { rules });
    const code = codes.get('C-1') ?? '';
    const states = async () => (await referrals()).map(({ status, reason }) => `${status} ${reason}`);
    const early = { clock: clockAt('2026-06-20T00:00:00.000Z') };
    const rows = [
      ['B-1', 'f@example.net', code, '100', 'confirmed', '2026-06-10', '', ''],
      ['B-2', 'f@example.net', code, '100', 'completed', '2026-06-12', '2026-06-13', ''],
      ['B-3', 'g@example.net', code, '100', 'completed', '2026-06-12', '2026-06-13', ''],
    ];
    await importRows([HEADER, ...rows], early);
    expect(await states()).toEqual([
      'pending eligibility.statuses',
      'rejected friend_already_referred',
      'held approval.hold_days',
    ]);
    // Cancelled inside the hold: never approved, whatever time passes.
    await importRows([HEADER, ['B-3', '', '', '', 'cancelled', '', '2026-06-19', '']], early);
    const contest = await getContest(database.queries, CONTEST);
    await database.transaction((trx) => advanceReferrals(trx, contest, NOW));
    expect(await states()).toEqual([
      'expired approval.expire_days',
      'approved approval.automatic',
      'reversed cancelled',
    ]);
    expect((await explain(database, 'B-1')).at(-1)?.what).toContain('expired by approval.expire_days = 30');
  });
});
