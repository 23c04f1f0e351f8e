/*
 * The leaderboard over a million referrals of 100,000 participants, with its total order, its digest and everything that entries show, beside
 * bare SQL that adds up the same in the same database, with `customer_id`, ordered: by participant; with points by amount; with at most three of a region
 * (`cap_per_group` and `min_groups`); and by the region of participants (`--group-by`). `node bench/leaderboard.ts [sqlite|postgres] [referrals]`. The goal is
 * 1.3 ×. Rounds take turns, and the fastest of each counts, so that other work on the machine does less harm.
 */
import { type RawBuilder, sql } from 'kysely';
import { systemClock } from '../src/core/clock.ts';
import { parseRules } from '../src/core/contests/rules.ts';
import { computeLeaderboard, type Leaderboard } from '../src/core/leaderboard/compute-leaderboard.ts';
import { groupParticipants } from '../src/core/leaderboard/group-participants.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';
import { fillReferrals } from './fill-referrals.ts';

const [engine = 'sqlite', size = '1000000'] = process.argv.slice(2);
const referrals = Number(size);
const ROUNDS = 5;

const region = (table: string): RawBuilder<unknown> =>
  sql`coalesce(${sql.ref(`${table}.attributes`)} ->> 'region', '(none)')`;
const approved = sql`r.contest_id = 1 and r.status = 'approved'`;

const PEERS = {
  plain: sql`select c.id, c.customer_id, count(*) as referrals, max(r.booked_at) as reached_at
    from referrals r join customers c on c.id = r.referrer_ref where ${approved}
    group by c.id, c.customer_id order by referrals desc, reached_at, c.customer_id`,
  amounts: sql`select c.id, c.customer_id, count(*) as referrals, sum(1 + case when r.amount_minor < 0 then 0 else r.amount_minor end / 10000) as points,
      max(r.booked_at) as reached_at
    from referrals r join customers c on c.id = r.referrer_ref where ${approved}
    group by c.id, c.customer_id order by points desc, reached_at, c.customer_id`,
  capped: sql`select c.id, c.customer_id, sum(g.counts) as counted, count(*) as referrals, count(distinct g.region) as groups_count,
      max(case when g.counts = 1 then g.booked_at end) as reached_at
    from (select r.referrer_ref, r.booked_at, ${region('b')} as region,
        case when row_number() over (partition by r.referrer_ref, ${region('b')} order by r.booked_at) <= 3 then 1 else 0 end as counts
      from referrals r join bookings b on b.id = r.booking_id where ${approved}) g
    join customers c on c.id = g.referrer_ref
    group by c.id, c.customer_id order by counted desc, reached_at, c.customer_id`,
  grouped: sql`select ${region('c')} as region, count(*) as referrals, count(distinct c.id) as participants, max(r.booked_at) as reached_at
    from referrals r join customers c on c.id = r.referrer_ref where ${approved} group by ${region('c')} order by referrals desc, reached_at`,
} as const;

const FORMS: readonly { readonly name: string; readonly peer: keyof typeof PEERS; readonly rules: object }[] =
  [
    { name: 'plain', peer: 'plain', rules: {} },
    { name: 'tier percentages', peer: 'plain', rules: { scoring: { tier_percent: { gold: 150 } } } },
    {
      name: 'points per amount',
      peer: 'amounts',
      rules: { scoring: { points_per_amount: { per: '100.00', points: 1 } } },
    },
    {
      name: 'capped',
      peer: 'capped',
      rules: {
        scoring: { cap_per_group: { attribute: 'region', max: 3 } },
        qualify: { min_groups: { attribute: 'region', count: 2 } },
      },
    },
    { name: 'grouped', peer: 'grouped', rules: {} },
  ];

interface Timed {
  readonly name: string;
  readonly work: () => Promise<unknown>;
}

/** The fastest of some rounds of each, in milliseconds, by name. */
async function fastest(list: readonly Timed[]): Promise<ReadonlyMap<string, number>> {
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, work } of list) {
      const before = performance.now();
      await work();
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, performance.now() - before));
    }
  }
  return best;
}

await usingBenchDatabase(engine as BenchEngine, async ({ queries, ...database }) => {
  await fillReferrals({ ...database, queries }, referrals);
  const board = (document: object): Promise<Leaderboard> =>
    computeLeaderboard(
      queries,
      {
        id: 1,
        slug: 'bench',
        status: 'active' as const,
        rules: parseRules(document),
        rules_sha256: 'x',
        timezone: 'UTC',
        ends_at: '2027-06-01T00:00:00.000Z',
      },
      { now: systemClock.now() },
    );
  const best = await fastest([
    ...Object.entries(PEERS).map(([name, query]) => ({
      name: `bare ${name}`,
      work: () => query.execute(queries),
    })),
    ...FORMS.map(({ name, rules }) => ({
      name,
      work: async () => {
        const { entries } = await board(rules);
        return name === 'grouped' ? groupParticipants(queries, entries, 'attributes.region') : entries;
      },
    })),
  ]);
  console.log(`${engine}: ${referrals} referrals`);
  for (const { name, peer } of FORMS) {
    const [took = 0, bare = 0] = [best.get(name), best.get(`bare ${peer}`)];
    console.log(
      `  ${name.padEnd(18)} ${Math.round(took)} ms, ${(took / bare).toFixed(2)} × (bare ${peer}: ${Math.round(bare)} ms)`,
    );
  }
});
