import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { CONTEST, createContestFixture, dependenciesAt, NOW } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import { seededNumbers } from '../demo/seeded-numbers.ts';
import { computeRewards } from '../rewards/compute-rewards.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data/agency/bookings.csv');
const AMSTERDAM_SUMMER = 2 * 3_600_000;

/*
 * A real export of an online agency (booking id, user id, local time), which the project does not ship. Codes and amounts are dealt out
 * by a seed; the totals are reckoned here a second time, with nothing but integers.
 */
describeEngines('the export of an online agency', (open) => {
  test.skipIf(!existsSync(SHARED))(
    'is attributed and rewarded to the cent (skipped without ../shared)',
    { timeout: 120_000 },
    async () => {
      const database = await open();
      const people = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`C-${index}`, {}]));
      const rules = {
        fraud: { default: 'ignore' },
        eligibility: { new_friend: 'any', statuses: ['confirmed'] },
        rewards: {
          referrer: { type: 'money', amount: '25.00', currency: 'EUR' },
          friend: { type: 'percentage', percent: '7.5', max: '40.00' },
        },
      };
      const { codes } = await createContestFixture(database, { rules, people });
      await database.queries
        .updateTable('contests')
        .set({ starts_at: '2018-07-31T22:00:00.000Z', ends_at: '2019-12-31T23:00:00.000Z' })
        .execute();
      const lines = readFileSync(SHARED, 'utf8').trim().split('\n').slice(1, 8_001);
      const next = seededNumbers(7);
      const shared = [...codes.values()];
      const rows = lines.map((line) => {
        const [index = '', reference = '', provider = '', user = '', booked = ''] = line.trim().split(',');
        const code = next() < 0.4 ? (shared[Math.floor(next() * shared.length)] ?? '') : '';
        return { index, reference, provider, user, booked, code, cents: 1_000 + Math.floor(next() * 90_000) };
      });
      const csv = ['', 'BookingID', 'ProviderID', 'UserID', 'BookDate', 'PromoCode', 'Total'].join(',');
      const text = [
        csv,
        ...rows.map((row) =>
          [
            row.index,
            row.reference,
            row.provider,
            row.user,
            row.booked,
            row.code,
            (row.cents / 100).toFixed(2),
          ].join(','),
        ),
      ].join('\n');
      const { importBookings } = await import('./import-bookings.ts');
      const result = await importBookings(
        { ...dependenciesAt(database), clock: clockAt(NOW), signal: new AbortController().signal },
        {
          ...{
            input: Readable.from([Buffer.from(text)]),
            file: 'bookings.csv',
            contest: CONTEST,
            source: 'agency',
            statusMap: [],
            currency: 'EUR',
            dryRun: false,
          },
          map: [
            'BookingID=booking_reference',
            'UserID=customer_id',
            'BookDate=booked_at',
            'PromoCode=code',
            'Total=amount',
            'ProviderID=attributes.provider',
          ],
        },
      );
      const { rewards, referrals } = reckon(rows, '2018-07-31T22:00:00.000Z', '2019-12-31T23:00:00.000Z');
      expect(result).toMatchObject({ rows: rows.length, rejected: 0 });
      expect(result.referrals.approved).toBe(referrals);
      const { totals } = await computeRewards(dependenciesAt(database), { contest: CONTEST, dryRun: false });
      expect(totals).toEqual({
        EUR: `${Math.floor(rewards / 100)}.${String(rewards % 100).padStart(2, '0')}`,
      });
    },
  );

  test.skipIf(!existsSync(SHARED))(
    'is understood as it is, with the three columns named (skipped without ../shared)',
    { timeout: 120_000 },
    async () => {
      const database = await open();
      await createContestFixture(database);
      const { importBookings } = await import('./import-bookings.ts');
      const result = await importBookings(
        { ...dependenciesAt(database), signal: new AbortController().signal },
        {
          ...{
            input: createReadStream(SHARED, { end: 200_000 }),
            file: 'bookings.csv',
            contest: CONTEST,
            source: 'agency',
          },
          ...{
            map: ['BookingID=booking_reference', 'UserID=customer_id', 'BookDate=booked_at'],
            statusMap: [],
          },
          ...{ currency: 'EUR', dryRun: true },
        },
      );
      expect(result.rows).toBeGreaterThan(4_000);
      expect(result.rejected).toBeLessThanOrEqual(1);
      expect(result.unattributed).toBe(result.created);
    },
  );
});

// The first booking of each user with a code inside the contest, by local time in Amsterdam, then by reference as bytes.
function reckon(
  rows: readonly { reference: string; user: string; booked: string; code: string; cents: number }[],
  startsAt: string,
  endsAt: string,
): { rewards: number; referrals: number } {
  const order = rows
    .map((row) => ({ ...row, at: Date.parse(`${row.booked.replace(' ', 'T')}Z`) }))
    .map((row) => ({ ...row, at: row.at - zone(row.at) }))
    .filter(({ at, code }) => code !== '' && at >= Date.parse(startsAt) && at < Date.parse(endsAt))
    .sort((a, b) => a.at - b.at || (a.reference < b.reference ? -1 : 1));
  const seen = new Set<string>();
  let rewards = 0;
  for (const { user, cents } of order) {
    if (seen.has(user)) continue;
    seen.add(user);
    rewards += 2_500 + Math.min(4_000, Math.floor((cents * 75 + 500) / 1_000));
  }
  return { rewards, referrals: seen.size };
}

// Amsterdam: summer time from the last Sunday of March to the last Sunday of October, at 01:00 UTC.
function zone(local: number): number {
  const year = new Date(local).getUTCFullYear();
  const lastSunday = (month: number): number => {
    const last = new Date(Date.UTC(year, month + 1, 0));
    return Date.UTC(year, month, last.getUTCDate() - last.getUTCDay(), 1);
  };
  const utc = local - AMSTERDAM_SUMMER;
  return utc >= lastSunday(2) && utc < lastSunday(9) ? AMSTERDAM_SUMMER : AMSTERDAM_SUMMER / 2;
}
