/*
 * The leaderboard over a million referrals of 100,000 participants, with its total order, its digest and everything that
 * entries show, beside the bare SQL aggregate in the same database: count and latest booking by participant, with their
 * `customer_id`, ordered. `node bench/leaderboard.ts [sqlite|postgres] [referrals]`. The goal is 1.3 × for plain rules.
 */
import { sql } from 'kysely';
import { systemClock } from '../src/core/clock.ts';
import { parseRules } from '../src/core/contests/rules.ts';
import { computeLeaderboard } from '../src/core/leaderboard/compute-leaderboard.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { fillReferrals } from './fill-referrals.ts';

const [engine = 'sqlite', size = '1000000'] = process.argv.slice(2);
const referrals = Number(size);
const ROUNDS = 5;

const RULES = {
  plain: {},
  'tier percentages': { scoring: { tier_percent: { gold: 150 } } },
  'points per amount': { scoring: { points_per_amount: { per: '100.00', points: 1 } } },
  'cap and groups': {
    scoring: { cap_per_group: { attribute: 'region', max: 3 } },
    qualify: { min_groups: { attribute: 'region', count: 2 } },
  },
};

async function fastest(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = performance.now();
    await work();
    least = Math.min(least, performance.now() - before);
  }
  return least;
}

await usingBenchDatabase(engine as BenchEngine, async (database) => {
  await fillReferrals(database, referrals);
  const bare = await fastest(() =>
    sql`select c.id, c.customer_id, count(*) as referrals, max(r.booked_at) as reached_at
      from referrals r join customers c on c.id = r.referrer_ref
      where r.contest_id = 1 and r.status = 'approved'
      group by c.id, c.customer_id order by referrals desc, reached_at, c.customer_id`.execute(
      database.queries,
    ),
  );
  console.log(`${engine}: ${referrals} referrals, bare aggregate ${Math.round(bare)} ms`);
  for (const [name, document] of Object.entries(RULES)) {
    const contest = {
      id: 1,
      slug: 'bench',
      status: 'active' as const,
      rules: parseRules(document),
      rules_sha256: 'x',
      timezone: 'UTC',
      ends_at: '2027-06-01T00:00:00.000Z',
    };
    const took = await fastest(() =>
      computeLeaderboard(database.queries, contest, { now: systemClock.now() }),
    );
    console.log(`  ${name.padEnd(20)} ${Math.round(took)} ms, ${(took / bare).toFixed(2)} ×`);
  }
});
