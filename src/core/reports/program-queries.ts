import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { Instant } from '../time.ts';
import { referralCounts } from './booking-queries.ts';
import { allOf, type ReportScope, type SqlCondition } from './report-scope-queries.ts';
import { bookingForStatus, bookingStatusAt, referralStatusAt, refundedAt } from './status-at-queries.ts';

/** Is the referral `r`, which `bookingForStatus` has to be joined to, one that stands? */
export function stands(scope: ReportScope): SqlCondition {
  return sql`${referralStatusAt(scope)} in ('pending', 'held', 'approved')`;
}

/** Different people who were brought, and those of them who booked again later. */
export async function countFriends(
  queries: Queries,
  scope: ReportScope,
): Promise<{ friends: number; again: number }> {
  const rows = await scope.kept.rows<{ friends: number; again: number }>(
    queries,
    ['referrals', 'bookings'],
    sql`select count(*) as friends,
      count(case when exists (
        select 1 from bookings b where b.customer_ref = x.friend_ref and b.booked_at > x.booked_at
          and ${scope.asOf === null ? sql`1 = 1` : sql`b.booked_at <= ${scope.asOf}`}
          and ${bookingStatusAt(scope)} in ('confirmed', 'completed')) then 1 end) as again
    from (
      select r.friend_ref, min(r.booked_at) as booked_at
      from referrals r ${bookingForStatus(scope)}
      where ${referralCounts(scope)} and ${stands(scope)} group by r.friend_ref
    ) x`,
  );
  return rows[0] ?? { friends: 0, again: 0 };
}

/** Seconds from enrolment to the first referral that stands, of the participants in the middle: one, or two. */
export async function findCycleTimes(queries: Queries, scope: ReportScope): Promise<number[]> {
  const taken = sql`select ${seconds(queries, sql`min(r.booked_at)`)} - ${seconds(queries, sql`min(p.enrolled_at)`)} as d
    from referrals r join participants p on p.contest_id = r.contest_id and p.customer_ref = r.referrer_ref
      ${bookingForStatus(scope)}
    where ${referralCounts(scope)} and ${stands(scope)} group by r.contest_id, r.referrer_ref`;
  return findMiddle(queries, scope, taken, ['referrals', 'bookings', 'participants']);
}

/** Seconds from the first accepted mail to the first referral booked after one, of those in the middle. */
export async function findConversionTimes(queries: Queries, scope: ReportScope): Promise<number[]> {
  const mailed = sql`coalesce(d.sent_at, d.settled_at)`;
  const taken = sql`select ${seconds(queries, sql`min(x.booked_at)`)} - ${seconds(queries, sql`min(${mailed})`)} as d
    from (select r.contest_id, r.referrer_ref, r.booked_at from referrals r ${bookingForStatus(scope)}
      where ${referralCounts(scope)} and ${stands(scope)}) x cross join deliveries d cross join campaigns c
    where ${mailedBefore(scope)} group by x.contest_id, x.referrer_ref`;
  return findMiddle(queries, scope, taken, ['referrals', 'bookings', 'deliveries', 'campaigns']);
}

async function findMiddle(
  queries: Queries,
  scope: ReportScope,
  taken: RawBuilder<unknown>,
  sources: Parameters<ReportScope['kept']['rows']>[1],
): Promise<number[]> {
  const rows = await scope.kept.rows<{ d: number }>(
    queries,
    sources,
    sql`select d from (
      select d, row_number() over (order by d) as place, count(*) over () as n from (${taken}) t where d >= 0
    ) ranked where place in ((n + 1) / 2, (n + 2) / 2) order by place`,
  );
  return rows.map(({ d }) => d);
}

export interface BroughtByCampaign {
  readonly campaign: string;
  readonly currency: string;
  readonly referrals: number;
  /** Net of refunds. */
  readonly revenue_minor: number;
}

/**
 * Referrals that stand, by the campaign of the last accepted mail that their referrer got before the booking: each counts
 * for one campaign.
 */
export async function listBroughtByCampaign(
  queries: Queries,
  scope: ReportScope,
  between: { readonly from: Instant | null; readonly to: Instant | null } = { from: null, to: null },
): Promise<BroughtByCampaign[]> {
  const { from, to } = between;
  const within = allOf([
    from === null ? undefined : sql`r.booked_at >= ${from}`,
    to === null ? undefined : sql`r.booked_at < ${to}`,
  ]);
  return scope.kept.rows<BroughtByCampaign>(
    queries,
    ['referrals', 'bookings', 'deliveries', 'campaigns'],
    sql`select campaign, currency, count(*) as referrals, sum(revenue_minor) as revenue_minor from (
      select c.slug as campaign, x.currency, x.revenue_minor,
        row_number() over (partition by x.id order by coalesce(d.sent_at, d.settled_at) desc, d.id desc) as place
      from ${standing(scope, within)} x cross join deliveries d cross join campaigns c
      where ${mailedBefore(scope)}
    ) mails where place = 1 group by campaign, currency order by campaign, currency`,
  );
}

// SQLite joins a cross join in the order in which it is written: from the few who brought somebody to their mails.
function standing(scope: ReportScope, within: SqlCondition): RawBuilder<unknown> {
  return sql`(select r.id, r.contest_id, r.referrer_ref, r.booked_at, r.currency,
      case when ${bookingStatusAt(scope)} in ('confirmed', 'completed', 'refunded')
        then b.amount_minor - ${refundedAt(scope)} else 0 end as revenue_minor
    from referrals r left join bookings b on b.id = r.booking_id
    where ${referralCounts(scope)} and ${stands(scope)} and ${within})`;
}

function mailedBefore({ campaignId }: ReportScope): SqlCondition {
  return allOf([
    sql`d.customer_ref = x.referrer_ref and c.id = d.campaign_id and c.contest_id = x.contest_id`,
    sql`d.status = 'accepted' and coalesce(d.sent_at, d.settled_at) <= x.booked_at`,
    campaignId === null ? undefined : sql`c.id = ${campaignId}`,
  ]);
}

// Whole seconds of a time, alike on both engines.
function seconds(queries: Queries, time: RawBuilder<unknown>): RawBuilder<number> {
  return engineOf(queries) === 'sqlite'
    ? sql`cast(strftime('%s', ${time}) as integer)`
    : sql`floor(extract(epoch from ${time}))::bigint`;
}

/** Amounts of rewards that stand, by contest and currency. */
export async function listCostByContest(
  queries: Queries,
  scope: ReportScope,
  counts: SqlCondition,
  status: SqlCondition,
): Promise<{ contest: string; currency: string; cost_minor: number }[]> {
  return scope.kept.rows(
    queries,
    ['rewards', 'referrals', 'contests'],
    sql`select t.slug as contest, w.currency, sum(w.amount_minor) as cost_minor
    from rewards w join contests t on t.id = w.contest_id left join referrals r on r.id = w.referral_id
    where ${counts} and w.currency is not null and ${status} group by t.slug, w.currency order by 1, 2`,
  );
}

/** Referrals of any status and the revenue of those that stand, by contest and currency. */
export async function listBroughtByContest(
  queries: Queries,
  scope: ReportScope,
): Promise<
  { contest: string; currency: string; referrals: number; friends: number; revenue_minor: number }[]
> {
  return scope.kept.rows(
    queries,
    ['referrals', 'bookings', 'contests'],
    sql`select t.slug as contest, x.currency, count(*) as referrals, count(distinct x.friend_ref) as friends,
      sum(x.revenue_minor) as revenue_minor
    from (
      select r.contest_id, r.friend_ref, r.currency,
        case when ${bookingStatusAt(scope)} in ('confirmed', 'completed', 'refunded')
          then b.amount_minor - ${refundedAt(scope)} else 0 end as revenue_minor
      from referrals r left join bookings b on b.id = r.booking_id
      where ${referralCounts(scope)} and ${stands(scope)}
    ) x join contests t on t.id = x.contest_id
    group by t.slug, x.currency order by 1, 2`,
  );
}
