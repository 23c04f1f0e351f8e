import { type RawBuilder, sql } from 'kysely';
import { findRuleAmount } from '../contests/rule-amount.ts';
import type { Rules } from '../contests/rules.ts';
import type { Engine, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { currencyExponent } from '../money.ts';
import type { Instant } from '../time.ts';
import {
  amountOf,
  byBooking,
  groupValue,
  isSelected,
  type ReferralSelection,
  referralsOf,
} from './referral-selection-queries.ts';
import { groupAttribute } from './score-participant.ts';

/** The score of a participant before the percentage of the tier. */
export interface AggregateRow {
  readonly customer_ref: number;
  readonly customer_id: string;
  readonly tier: string | null;
  readonly referrals: number;
  readonly counted: number;
  readonly groups: number;
  /** The points of the counted referrals. */
  readonly sum: number;
  /** When the last counted referral that brought points was booked; the first one when none did. */
  readonly reached_at: Instant;
}

/** The scores of all participants, added up by the database: what `scoreParticipant` does one by one. */
export async function listAggregates(
  queries: Queries,
  selection: ReferralSelection,
  rules: Pick<Rules, 'qualify' | 'scoring'>,
): Promise<AggregateRow[]> {
  const isPlain =
    groupAttribute(rules) === undefined &&
    rules.scoring.points_per_amount.points === 0 &&
    rules.scoring.points_per_referral > 0;
  if (isPlain) return countReferrals(queries, selection, rules);
  const { rows } = await sql<AggregateRow>`
    select p.id as customer_ref, p.customer_id, p.tier, s.referrals, s.counted, s.groups_count as "groups", s.points as sum,
      s.reached_at
    from (${addUpReferrals(engineOf(queries), selection, rules)}) s join customers p on p.id = s.referrer_ref`.execute(
    queries,
  );
  return rows;
}

// Where each referral is worth the same and nothing is capped, counting is enough, and no number comes from the server twice.
async function countReferrals(
  queries: Queries,
  selection: ReferralSelection,
  { scoring }: Pick<Rules, 'scoring'>,
): Promise<AggregateRow[]> {
  const hasTiers = Object.keys(scoring.tier_percent).length > 0;
  const tier = hasTiers ? sql`p.tier,` : sql``;
  const referrals = sql`from referrals r ${bookingsOf(selection)}`;
  // PostgreSQL goes over two indexes side by side that have all of it, and groups without a table of hashes, which it doesn't see of a group that is joined.
  const isIndexed = engineOf(queries) === 'postgres' && selection.asOf === undefined;
  const counted = isIndexed
    ? sql`select p.id as customer_ref, p.customer_id, ${tier} count(*) as referrals, max(r.booked_at) as reached_at
        ${referrals} join customers p on p.id = r.referrer_ref where ${isSelected(selection)} group by p.id`
    : sql`select p.id as customer_ref, p.customer_id, ${tier} s.referrals, s.reached_at
        from (select r.referrer_ref, count(*) as referrals, max(r.booked_at) as reached_at
          ${referrals} where ${isSelected(selection)} group by r.referrer_ref) s
        join customers p on p.id = s.referrer_ref`;
  const { rows } = await sql<
    Pick<AggregateRow, 'customer_ref' | 'customer_id' | 'referrals' | 'reached_at'> & {
      readonly tier?: string | null;
    }
  >`${counted}`.execute(queries);
  return rows.map(({ customer_ref, customer_id, tier = null, referrals, reached_at }) => {
    const sum = referrals * scoring.points_per_referral;
    return { customer_ref, customer_id, tier, referrals, counted: referrals, groups: 0, sum, reached_at };
  });
}

const bookingsAndFriends = sql`left join bookings b on b.id = r.booking_id join customers f on f.id = r.friend_ref`;

// Without groups, only a look back in time asks the bookings.
function bookingsOf({ asOf }: ReferralSelection): RawBuilder<unknown> {
  return asOf === undefined ? sql`` : sql`left join bookings b on b.id = r.booking_id`;
}

function addUpReferrals(
  engine: Engine,
  selection: ReferralSelection,
  rules: Pick<Rules, 'qualify' | 'scoring'>,
): RawBuilder<unknown> {
  const cap = rules.scoring.cap_per_group;
  const attribute = groupAttribute(rules);
  // Where each is worth the same, it makes no difference which of those of the same moment count.
  const isSameWorth = rules.scoring.points_per_amount.points === 0;
  const rank =
    cap === undefined
      ? sql`0`
      : sql`row_number() over (partition by r.referrer_ref, ${groupValue(engine, cap.attribute)} order by ${isSameWorth ? sql`r.booked_at` : byBooking})`;
  const most = integer(cap?.max ?? 1);
  return sql`select referrer_ref, count(*) as referrals, sum(counts) as counted,
      ${attribute === undefined ? sql`0` : sql`count(distinct group_value)`} as groups_count,
      sum(counts * points) as points,
      coalesce(max(case when counts * points > 0 then booked_at end), min(booked_at)) as reached_at
    from (
      select referrer_ref, booked_at, points, group_value, case when place <= ${most} then 1 else 0 end as counts
      from (
        select r.referrer_ref, r.booked_at, ${pointsOf(selection, rules)} as points,
          ${groupValue(engine, attribute)} as group_value, ${rank} as place
        from ${referralsOf(engine)}
        ${attribute === undefined ? bookingsOf(selection) : bookingsAndFriends}
        where ${isSelected(selection)}
      ) as placed
    ) as counted_referrals
    group by referrer_ref`;
}

function pointsOf(selection: ReferralSelection, { scoring }: Pick<Rules, 'scoring'>): RawBuilder<unknown> {
  const { per, points } = scoring.points_per_amount;
  const perReferral = integer(scoring.points_per_referral);
  if (points === 0) return perReferral;
  const amount = amountOf(selection);
  const positive = sql`case when ${amount} < 0 then 0 else ${amount} end`;
  return sql`${perReferral} + (${positive}) / (${stepOf(per)}) * ${integer(points)}`;
}

// One full amount in minor units depends only on how many digits the currency of the booking has.
function stepOf(per: string): RawBuilder<unknown> {
  const step = (currency: string) => integer(Math.max(1, findRuleAmount(per, currency, 'up') ?? 1));
  const unusual = Map.groupBy(
    Intl.supportedValuesOf('currency').filter((currency) => currencyExponent(currency) !== 2),
    currencyExponent,
  );
  const cases = [...unusual.values()].map(
    (currencies) =>
      sql`when r.currency in (${sql.join(currencies.map((currency) => sql.lit(currency)))}) then ${step(currencies[0] ?? '')}`,
  );
  return sql`case ${sql.join(cases, sql` `)} else ${step('EUR')} end`;
}

// A bound number may arrive as a double on SQLite, and a division by a double is not whole.
function integer(value: number): RawBuilder<unknown> {
  return sql`cast(${value} as bigint)`;
}
