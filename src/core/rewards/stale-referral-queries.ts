import { type RawBuilder, sql } from 'kysely';
import type { Rules } from '../contests/rules.ts';
import type { ReferralReward } from '../contests/rules-parts.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { expectedValue, listReferralCurrencies } from './expected-value-queries.ts';
import type { EarningReferral } from './reward-queries.ts';

type Side = 'referrer' | 'friend';

const SIDES: readonly Side[] = ['referrer', 'friend'];

const earningColumns = sql`r.id, r.status, r.reason, r.referrer_ref, r.friend_ref, r.amount_minor, r.currency, r.booked_at, r.decided_at,
  b.source, b.booking_reference`;

/**
 * Puts the ids of referrals whose rewards may not be as the rules have it into the temporary table `stale_referrals`: one pass of the
 * database over all of them. It may name some in vain (what a person took back); it leaves out none. Each of them is then looked at by
 * `planContestRewards`, which alone decides. Call `dropStaleReferrals` afterwards, in the same transaction.
 */
export async function findStaleReferrals(
  queries: Queries,
  contestId: number,
  { rewards }: Pick<Rules, 'rewards'>,
): Promise<void> {
  await dropStaleReferrals(queries);
  const currencies = await listReferralCurrencies(queries, contestId);
  const joins = SIDES.map((side) => {
    const w = sql.ref(side);
    return sql`left join rewards ${w} on ${w}.referral_id = r.id and ${w}.side = ${sql.lit(side)}`;
  });
  const conditions = SIDES.map((side) => isStale(side, rewards[side], currencies));
  await sql`create temporary table stale_referrals (id bigint primary key)`.execute(queries);
  await sql`insert into stale_referrals (id) select distinct r.id from referrals r ${sql.join(joins, sql` `)}
    where r.contest_id = ${contestId} and r.booking_id is not null and (${sql.join(conditions, sql` or `)})`.execute(
    queries,
  );
  if (engineOf(queries) === 'postgres') await sql`analyze stale_referrals`.execute(queries);
}

export async function dropStaleReferrals(queries: Queries): Promise<void> {
  const name = engineOf(queries) === 'postgres' ? sql`pg_temp.stale_referrals` : sql`temp.stale_referrals`;
  await sql`drop table if exists ${name}`.execute(queries);
}

/** The next of the stale referrals after `after`, by id. */
export async function listStaleReferrals(
  queries: Queries,
  after: number,
  limit: number,
): Promise<readonly EarningReferral[]> {
  const { rows } = await sql<EarningReferral>`select ${earningColumns} from stale_referrals s
    join referrals r on r.id = s.id join bookings b on b.id = r.booking_id
    where s.id > ${after} order by s.id limit ${limit}`.execute(queries);
  return rows;
}

/** Rewards of referrals of a contest that stand. */
export async function countStandingRewards(queries: Queries, contestId: number): Promise<number> {
  const { count } = await queries
    .selectFrom('rewards')
    .select((expression) => expression.fn.countAll<number>().as('count'))
    .where('contest_id', '=', contestId)
    .where('side', 'in', SIDES)
    .where('status', '<>', 'reversed')
    .executeTakeFirstOrThrow();
  return count;
}

// What `reconcileReward` would change, as far as SQL can tell; a reward of somebody else than now is always looked at.
function isStale(
  side: Side,
  reward: ReferralReward | undefined,
  currencies: readonly string[],
): RawBuilder<unknown> {
  const w = sql.ref(side);
  const owner = sql.ref(side === 'referrer' ? 'r.referrer_ref' : 'r.friend_ref');
  const { unit, amount } = expectedValue(reward, currencies);
  const isGranted = sql`(r.status = 'approved' and ${amount} > 0)`;
  return sql`(case
    when ${w}.id is null then ${isGranted}
    when ${w}.customer_ref <> ${owner} then true
    when ${w}.status = 'expired' then false
    when ${w}.status = 'reversed' then ${isGranted}
    when r.status in ('pending', 'held') then ${w}.status in ('available', 'claimed')
    when ${isGranted} then ${w}.status = 'held' or coalesce(${w}.currency, ${w}.type) <> ${unit}
      or coalesce(${w}.amount_minor, ${w}.days, ${w}.points, 1) <> ${amount}
    else true end)`;
}
