import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONTEST, createContestFixture, dependenciesAt } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { seededNumbers } from '../demo/seeded-numbers.ts';
import { computeRewards } from '../rewards/compute-rewards.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data/hotel_bookings.csv');
/** Among them the one with a rate below nothing. */
const [FIRST, LAST] = [13_500, 15_500];
const GUESTS = 1_500;
const DAY_MS = 86_400_000;
const STATUSES = { 'Check-Out': 'completed', Canceled: 'cancelled', 'No-Show': 'no_show' } as const;

interface Stay {
  readonly reference: string;
  readonly guest: number;
  readonly code: string;
  /** Rate times nights. */
  readonly cents: number;
  readonly booked: string;
  readonly status: keyof typeof STATUSES;
  readonly statusDate: string;
  readonly hotel: string;
}

function readStays(codes: readonly string[]): readonly Stay[] {
  const [header = '', ...lines] = readFileSync(SHARED, 'utf8').trim().split(/\r?\n/);
  const columns = header.split(',');
  const next = seededNumbers(11);
  return lines.slice(FIRST, LAST).map((line, index) => {
    const cells = line.split(',');
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    const month = new Date(`${cell('arrival_date_month')} 1, 2000 UTC`).getUTCMonth();
    const arrival = Date.UTC(
      Number(cell('arrival_date_year')),
      month,
      Number(cell('arrival_date_day_of_month')),
    );
    const nights = Number(cell('stays_in_weekend_nights')) + Number(cell('stays_in_week_nights'));
    const [whole = '', fraction = ''] = cell('adr').replace('-', '').split('.');
    const rate = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
    return {
      reference: `H-${FIRST + index}`,
      guest: Math.floor(next() * GUESTS),
      code: next() < 0.6 ? (codes[Math.floor(next() * codes.length)] ?? '') : '',
      cents: rate * nights * (cell('adr').startsWith('-') ? -1 : 1),
      booked: new Date(arrival - Number(cell('lead_time')) * DAY_MS).toISOString().slice(0, 10),
      status: cell('reservation_status') as keyof typeof STATUSES,
      statusDate: cell('reservation_status_date'),
      hotel: cell('hotel'),
    };
  });
}

const decimal = (cents: number): string =>
  `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;

/** What the contest comes to, reckoned with nothing but whole numbers: the first stay of each guest that counts, by day and reference. */
function reckon(stays: readonly Stay[], startsOn: string) {
  const counts = { approved: 0, reversed: 0, rejected: 0 };
  let [approved, rewards] = [0, 0];
  const taken = new Set<number>();
  const order = stays
    .filter(({ code }) => code !== '')
    .sort((a, b) => (a.booked + a.reference < b.booked + b.reference ? -1 : 1));
  for (const { guest, cents, booked, status } of order) {
    if (booked < startsOn) counts.rejected += 1;
    else if (status !== 'Check-Out') counts.reversed += 1;
    else if (taken.has(guest)) counts.rejected += 1;
    else {
      taken.add(guest);
      counts.approved += 1;
      approved += cents;
      rewards += Math.min(6_000, Math.floor((cents * 85 + 500) / 1_000));
    }
  }
  return { counts, approved, rewards };
}

/*
 * A real export of two hotels, which the project does not ship: first every booking as it was made, then what became of it. Codes and guests are
 * dealt out by a seed, the amount is the rate times the nights.
 */
describeEngines('the export of two hotels', (open) => {
  test.skipIf(!existsSync(SHARED))(
    'is followed from confirmed to its end, and comes to the cent (skipped without ../shared)',
    { timeout: 120_000 },
    async () => {
      const database = await open();
      const people = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`C-${index}`, {}]));
      const rules = {
        eligibility: { new_friend: 'any' },
        approval: { hold_days: 7 },
        rewards: { referrer: { type: 'percentage', percent: '8.5', max: '60.00' } },
      };
      const { codes, importRows } = await createContestFixture(database, { rules, people });
      const startsOn = '2016-01-01';
      await database.queries
        .updateTable('contests')
        .set({ timezone: 'UTC', starts_at: `${startsOn}T00:00:00.000Z`, ends_at: '2018-01-01T00:00:00.000Z' })
        .execute();
      const stays = readStays([...codes.values()]);
      const header = [
        'id',
        'email',
        'promo',
        'total',
        'booked',
        'reservation_status',
        'reservation_status_date',
        'hotel',
      ];
      const map = [
        ...['id=booking_reference', 'promo=code', 'total=amount', 'booked=booked_at'],
        ...['reservation_status=status', 'reservation_status_date=updated_at', 'hotel=attributes.hotel'],
      ];
      const rowOf = ({ reference, guest, code, cents, booked, hotel }: Stay, status: string, at: string) => [
        ...[reference, `guest${guest}@hotel.example`, code, decimal(cents), booked, status, at, hotel],
      ];
      const good = stays.filter(({ cents }) => cents >= 0);
      const first = await importRows([header, ...stays.map((stay) => rowOf(stay, 'confirmed', ''))], { map });
      expect(first).toMatchObject({ created: good.length, rejected: stays.length - good.length });
      expect(first.referrals.approved).toBe(0);

      const last = [header, ...stays.map((stay) => rowOf(stay, stay.status, stay.statusDate))];
      const planned = await importRows(last, { map, dryRun: true });
      const done = await importRows(last, { map });
      expect({ ...done, dry_run: true }).toEqual(planned);
      const { counts, approved, rewards } = reckon(good, startsOn);
      const inState = (status: keyof typeof STATUSES) => good.filter((stay) => stay.status === status).length;
      expect(done).toMatchObject({
        ...{ created: 0, updated: good.length, referrals: { pending: 0, held: 0, ...counts } },
        transitions: {
          'confirmed → completed': inState('Check-Out'),
          'confirmed → cancelled': inState('Canceled'),
          'confirmed → no_show': inState('No-Show'),
        },
        money: { booked: {}, approved_before: {}, approved: { EUR: decimal(approved) } },
      });
      expect(counts.approved).toBeGreaterThan(200);
      const { totals } = await computeRewards(dependenciesAt(database), { contest: CONTEST, dryRun: false });
      expect(totals).toEqual({ EUR: decimal(rewards) });
    },
  );
});
