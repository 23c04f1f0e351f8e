import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { BookingStatus, ReferralStatus, RewardStatus, RewardType } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { allOf, happenedIn, ofContest, type ReportScope, type SqlCondition } from './report-scope-queries.ts';
import { bookingStatusAt, referralStatusAt, refundedAt, rewardStatusAt } from './status-at-queries.ts';
import type { ZoneOffset } from './zone-offsets.ts';

export interface BookingCount {
  readonly status: BookingStatus;
  readonly currency: string;
  /** 1 when credited to a code by a referral that was not rejected and has not expired. */
  readonly referred: number;
  readonly bookings: number;
  readonly amount_minor: number;
  readonly refunded_minor: number;
}

export async function countBookings(queries: Queries, scope: ReportScope): Promise<BookingCount[]> {
  const { rows } = await sql<BookingCount>`
    select ${bookingStatusAt(scope)} as status, b.currency,
      case when ${isCredited(scope)} then 1 else 0 end as referred,
      count(*) as bookings, sum(b.amount_minor) as amount_minor, sum(${refundedAt(scope)}) as refunded_minor
    from bookings b
    where ${bookingCounts(scope)} group by 1, 2, 3`.execute(queries);
  return rows;
}

export async function countReferrals(
  queries: Queries,
  scope: ReportScope,
): Promise<{ status: ReferralStatus; referrals: number }[]> {
  const { rows } = await sql<{ status: ReferralStatus; referrals: number }>`
    select ${referralStatusAt(scope)} as status, count(*) as referrals
    from referrals r left join bookings b on b.id = r.booking_id
    where ${referralCounts(scope)} group by 1`.execute(queries);
  return rows;
}

export interface RewardCount {
  readonly status: RewardStatus;
  readonly type: RewardType;
  readonly currency: string | null;
  readonly rewards: number;
  readonly amount_minor: number | null;
  readonly days: number | null;
  readonly points: number | null;
}

/** Rewards for a referral count when it was booked, the others when they were created. */
export async function countRewards(queries: Queries, scope: ReportScope): Promise<RewardCount[]> {
  const { rows } = await sql<RewardCount>`
    select ${rewardStatusAt(scope)} as status, w.type, w.currency, count(*) as rewards,
      sum(w.amount_minor) as amount_minor, sum(w.days) as days, sum(w.points) as points
    from rewards w left join referrals r on r.id = w.referral_id
    where ${rewardCounts(scope)} group by 1, 2, 3`.execute(queries);
  return rows;
}

/** Different people with an approved referral and a standing reward for it. */
export async function countRewardedPeople(queries: Queries, scope: ReportScope): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct w.customer_ref) as n
    from rewards w join referrals r on r.id = w.referral_id left join bookings b on b.id = r.booking_id
    where ${rewardCounts(scope)} and w.customer_ref = r.referrer_ref and ${referralStatusAt(scope)} = 'approved'
      and ${rewardStatusAt(scope)} in ('held', 'available', 'claimed', 'paid')`.execute(queries);
  return rows[0]?.n ?? 0;
}

/** The first and last time at which anything of the series was booked. */
export async function findBookedRange(
  queries: Queries,
  scope: ReportScope,
): Promise<{ first: Instant; last: Instant } | undefined> {
  const { rows } = await sql<{ first: Instant | null; last: Instant | null }>`
    select min(x.first) as first, max(x.last) as last from (
      select min(b.booked_at) as first, max(b.booked_at) as last from bookings b where ${bookingCounts(scope)}
      union all
      select min(r.booked_at), max(r.booked_at) from referrals r where ${referralCounts(scope)}
    ) x`.execute(queries);
  const [row] = rows;
  return row === undefined || row.first === null || row.last === null
    ? undefined
    : { first: row.first, last: row.last };
}

export interface BookedOn {
  readonly start: string;
  readonly currency: string;
  readonly bookings: number;
  readonly net_minor: number;
}

/** Bookings and the net revenue of those by referral, per local day or month and currency. */
export async function countBookingsByTime(
  queries: Queries,
  scope: ReportScope,
  unit: 'day' | 'month',
  offsets: readonly ZoneOffset[],
): Promise<BookedOn[]> {
  const { rows } = await sql<BookedOn>`
    select ${localStart(queries, 'b.booked_at', unit, offsets)} as start, b.currency, count(*) as bookings,
      sum(case when ${bookingStatusAt(scope)} in ('confirmed', 'completed', 'refunded') and ${isCredited(scope)}
        then b.amount_minor - ${refundedAt(scope)} else 0 end) as net_minor
    from bookings b
    where ${bookingCounts(scope)} group by 1, 2 order by 1, 2`.execute(queries);
  return rows;
}

export async function countReferralsByTime(
  queries: Queries,
  scope: ReportScope,
  unit: 'day' | 'month',
  offsets: readonly ZoneOffset[],
): Promise<{ start: string; referrals: number }[]> {
  const { rows } = await sql<{ start: string; referrals: number }>`
    select ${localStart(queries, 'r.booked_at', unit, offsets)} as start, count(*) as referrals
    from referrals r where ${referralCounts(scope)} group by 1 order by 1`.execute(queries);
  return rows;
}

function bookingCounts(scope: ReportScope): SqlCondition {
  const { contest } = scope;
  const inWindow =
    contest === null
      ? undefined
      : sql`b.booked_at >= ${contest.starts_at} and b.booked_at < ${contest.ends_at}`;
  return allOf([inWindow, happenedIn(scope, 'b.booked_at')]);
}

function referralCounts(scope: ReportScope): SqlCondition {
  return allOf([ofContest(scope, 'r.contest_id'), happenedIn(scope, 'r.booked_at')]);
}

function rewardCounts(scope: ReportScope): SqlCondition {
  const at = sql`coalesce(r.booked_at, w.created_at)`;
  const { from, to, asOf } = scope;
  return allOf([
    ofContest(scope, 'w.contest_id'),
    from === null ? undefined : sql`${at} >= ${from}`,
    to === null ? undefined : sql`${at} < ${to}`,
    asOf === null ? undefined : sql`${at} <= ${asOf}`,
  ]);
}

// Is the booking `b` credited to a code? A question and no join: a booking credited in two contests counts once.
function isCredited(scope: ReportScope): SqlCondition {
  return sql`exists (
    select 1 from referrals r
    where r.booking_id = b.id and ${allOf([ofContest(scope, 'r.contest_id')])}
      and ${referralStatusAt(scope)} not in ('rejected', 'expired'))`;
}

// The local date of a time, by the offsets of its zone: SQLite knows no time zones, and both engines must agree.
function localStart(
  queries: Queries,
  column: string,
  unit: 'day' | 'month',
  offsets: readonly ZoneOffset[],
): RawBuilder<string> {
  const at = sql.ref(column);
  const sqlite = engineOf(queries) === 'sqlite';
  const length = unit === 'day' ? 10 : 7;
  const shifted = (minutes: number): RawBuilder<string> =>
    sqlite
      ? sql`substr(datetime(${at}, ${sql.lit(`${minutes} minutes`)}), 1, ${sql.lit(length)})`
      : sql`substr(to_char((${at} at time zone 'UTC') + interval ${sql.lit(`${minutes} minutes`)}, 'YYYY-MM-DD'), 1, ${sql.lit(length)})`;
  const last = offsets.at(-1)?.minutes ?? 0;
  const branches = offsets
    .slice(0, -1)
    .map(({ minutes, until }) => sql`when ${at} < ${until} then ${shifted(minutes)}`);
  return branches.length === 0
    ? shifted(last)
    : sql`case ${sql.join(branches, sql` `)} else ${shifted(last)} end`;
}
