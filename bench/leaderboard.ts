/*
 * The leaderboard over a million referrals of 100,000 participants, with its total order, its digest and everything that
 * entries show, beside the bare SQL aggregate in the same database: count and latest booking by participant, with their
 * `customer_id`, ordered. `node bench/leaderboard.ts [sqlite|postgres] [referrals]`. The goal is 1.3 × for plain rules.
 */
import { sql } from 'kysely';
import { systemClock } from '../src/core/clock.ts';
import { parseRules } from '../src/core/contests/rules.ts';
import type { Database } from '../src/core/database/database.ts';
import { computeLeaderboard } from '../src/core/leaderboard/compute-leaderboard.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { numbersUpTo } from './numbers-up-to.ts';

const [engine = 'sqlite', size = '1000000'] = process.argv.slice(2);
const referrals = Number(size);
const participants = Math.ceil(referrals / 10);
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

async function fill({ engine: kind, queries }: Database): Promise<void> {
  const now = sql.lit('2026-06-01T00:00:00.000Z');
  const numbers = (count: number) => sql`(${numbersUpTo(kind, count)}) as numbers`;
  const bookedAt =
    kind === 'postgres'
      ? sql`timestamptz '2026-06-01' + (i::bigint * 7919 % 5000000) * interval '1 second'`
      : sql`strftime('%Y-%m-%dT%H:%M:%fZ', '2026-06-01', '+' || (i * 7919 % 5000000) || ' seconds')`;
  await sql`insert into customers (customer_id, consent, attributes, source, created_at, updated_at)
    select 'C-' || i, 'granted', '{"region":"north"}', 'import', ${now}, ${now} from ${numbers(participants + referrals)}`.execute(
    queries,
  );
  await sql`insert into contests (slug, name, benefit, description, status, timezone, starts_at, ends_at, rules, rules_sha256, created_at)
    values ('bench', 'b', 'b', '', 'active', 'UTC', '2026-06-01', '2027-06-01', '{}', 'x', ${now})`.execute(
    queries,
  );
  await sql`insert into codes (code, contest_id, customer_ref, status, created_at, expires_at)
    select 'K' || i, 1, i, 'active', ${now}, ${now} from ${numbers(participants)}`.execute(queries);
  await sql`insert into bookings (source, booking_reference, customer_ref, amount_minor, refunded_minor, currency, status, booked_at, attributes, created_at)
    select 'b', 'B' || i, i + ${sql.lit(participants)}, 10000 + i % 7 * 1000, 0, 'EUR', 'completed', ${bookedAt},
      ${kind === 'postgres' ? sql`(case i % 3 when 0 then '{"region":"east"}' when 1 then '{"region":"south"}' else '{}' end)::jsonb` : sql`case i % 3 when 0 then '{"region":"east"}' when 1 then '{"region":"south"}' else '{}' end`}, ${now}
    from ${numbers(referrals)}`.execute(queries);
  await sql`insert into referrals (contest_id, code_id, referrer_ref, friend_ref, booking_id, status, reason, evidence, amount_minor, currency, booked_at, created_at, updated_at)
    select 1, id * 48271 % ${sql.lit(participants)} + 1, id * 48271 % ${sql.lit(participants)} + 1, customer_ref, id, 'approved', 'x', '{}',
      amount_minor, 'EUR', booked_at, ${now}, ${now} from bookings order by id`.execute(queries);
  await (kind === 'postgres' ? sql`vacuum analyze` : sql`analyze`).execute(queries);
}

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
  await fill(database);
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
