import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { clockAt } from '../../src/core/clock.ts';
import { changeContestStatus } from '../../src/core/contests/change-contest-status.ts';
import { finalizeContest } from '../../src/core/contests/finalize-contest.ts';
import { importBookings } from '../../src/core/conversions/import-bookings.ts';
import type { Database } from '../../src/core/database/database.ts';
import { openDatabase } from '../../src/core/database/open-database.ts';
import { computeRewards } from '../../src/core/rewards/compute-rewards.ts';
import { listRewards } from '../../src/core/rewards/list-rewards.ts';
import { payRewards } from '../../src/core/rewards/pay-rewards.ts';
import { verifyRewards } from '../../src/core/rewards/verify-rewards.ts';
import { CONTEST, createContestFixture, dependenciesAt, NOW, TEST_RUN } from '../contest-fixture.ts';
import { seeded } from '../servers/seeded.ts';
import { money, SEED_OF_DRAWING } from './bookkeeper.ts';
import type { CreateUrl } from './play-contests.ts';

const BOOKINGS = 60;
const FRIENDS = 45;
// Their order by bytes differs from the one by most languages.
const OWNERS = ['C-1', 'C-10', 'c-2', 'İz', 'Ä-3', 'Z-4'];
const REGIONS = ['Süd', 'sud', 'Ost', ''];
const HEADER = [
  ...['booking_reference', 'customer_id', 'email', 'code', 'amount', 'currency', 'status', 'booked_at'],
  ...['refunded_amount', 'updated_at', 'region'],
];
const RULES = {
  limits: { budget: { EUR: '900.00' }, referrals_per_day: 3 },
  scoring: {
    points_per_referral: 10,
    points_per_amount: { per: '75.00', points: 3 },
    cap_per_group: { attribute: 'region', max: 3 },
  },
  qualify: { min_points: 20 },
  rewards: {
    referrer: { type: 'money', amount: '12.50', currency: 'EUR' },
    friend: { type: 'percentage', percent: '7.5', max: '40.00' },
    milestones: [{ at: 5, type: 'badge', name: 'Referral Master' }],
    prizes: [{ position: 1, type: 'money', amount: '200.00', currency: 'EUR' }],
    drawing: { winners: 2, type: 'free_days', days: 30 },
  },
};

/**
 * Imports the same states of the same bookings in another order, in other files, and gives what comes of it, as a hash: the digest of the final
 * leaderboard, the winners, every reward that stands, and every line of the payouts. `zone` becomes the time zone of this process.
 */
export async function runShuffled(createUrl: CreateUrl, shuffle: number, zone: string): Promise<string> {
  const { url, drop } = await createUrl();
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    const database = await openDatabase({ url });
    try {
      return await carryOut(database, seeded(shuffle));
    } finally {
      await database.close();
    }
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
    await drop();
  }
}

async function carryOut(database: Database, random: () => number): Promise<string> {
  const people = Object.fromEntries(OWNERS.map((owner) => [owner, {}]));
  const { codes } = await createContestFixture(database, { rules: RULES, people });
  const drawing = { seed: SEED_OF_DRAWING.seed, seed_sha256: SEED_OF_DRAWING.sha256 };
  await database.queries.updateTable('contests').set(drawing).execute();
  const dependencies = dependenciesAt(database);
  const compute = () => computeRewards(dependencies, { contest: CONTEST, dryRun: false });
  const rows = shuffled(makeRows(codes), random);
  const files = 1 + Math.floor(random() * 4);
  for (let file = 0; file < files; file += 1) {
    await importRows(
      database,
      rows.filter((_, index) => index % files === file),
    );
    if (random() < 0.3) await compute();
  }
  await compute();
  const final = await database.transaction(async (trx) => {
    await changeContestStatus(trx, dependencies, CONTEST, 'end');
    return finalizeContest(trx, dependencies, CONTEST, { leaveOpen: true });
  });
  const lines: string[] = [];
  await payRewards(dependencies, { contest: undefined, dryRun: false }, async (files) => {
    for (const line of files.lines) lines.push(`${line.customer_id} ${line.amount_minor} ${line.currency}`);
  });
  const rewards: string[] = [];
  for await (const row of listRewards(database.queries, { now: NOW })) {
    if (row.status === 'reversed') continue;
    // When it first was due depends on when somebody first looked.
    const { customer_id, side, rule, type, amount, currency, days, badge, status } = row;
    rewards.push(JSON.stringify([customer_id, side, rule, type, amount, currency, days, badge, status]));
  }
  const { findings } = await verifyRewards(database.queries, NOW);
  const { digest, prizes, drawing: drawn, entries } = final;
  const outcome = { digest, entries, prizes, drawn, lines, rewards: rewards.sort(), findings };
  return createHash('sha256').update(JSON.stringify(outcome)).digest('hex');
}

async function importRows(database: Database, rows: readonly (readonly string[])[]): Promise<void> {
  const csv = [HEADER, ...rows].map((row) => `${row.join(',')}\n`).join('');
  await importBookings(
    { database, clock: clockAt(NOW), run: TEST_RUN, signal: new AbortController().signal },
    {
      ...{ input: Readable.from([Buffer.from(csv)]), file: 'bookings.csv', contest: CONTEST },
      ...{ source: 'bookings', map: [], statusMap: [], currency: 'EUR', dryRun: false },
    },
  );
}

/** One to three states of each booking, always the same; times without a zone, which are in that of the contest. */
function makeRows(codes: ReadonlyMap<string, string>): string[][] {
  const random = seeded(20_261_121);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const rows: string[][] = [];
  for (let booking = 0; booking < BOOKINGS; booking += 1) {
    const friend = booking % FRIENDS;
    const owner = pick(OWNERS);
    const states = pick([
      ['completed'],
      ['confirmed', 'completed'],
      ['confirmed', 'completed', 'refunded'],
      ['confirmed', 'cancelled'],
      ['confirmed', 'cancelled', 'completed'],
    ]);
    const region = pick(REGIONS);
    const day = String(1 + (booking % 20)).padStart(2, '0');
    for (const [index, status] of states.entries()) {
      const amount = 5_000 + Math.floor(random() * 60_000);
      rows.push([
        ...[`B-${booking}`, `F-${friend}`, emailOf(friend), codes.get(owner) ?? ''],
        ...[money(amount), booking % 9 === 0 ? 'USD' : 'EUR', status, `2026-06-${day} 23:4${booking % 10}`],
        ...[status === 'refunded' ? money(Math.floor(amount / 3)) : '0.00'],
        ...[`2026-07-${String(10 + index).padStart(2, '0')} 00:30`, region],
      ]);
    }
  }
  return rows;
}

// Some friends have an address that looks like the one of an owner.
const emailOf = (friend: number): string =>
  friend % 11 === 3 ? `c-1${friend % 2}+x@example.org` : `f${friend}@example.net`;

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
