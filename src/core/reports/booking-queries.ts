import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { BookingStatus, ReferralStatus, RewardStatus, RewardType } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { localStart, localStartKey, startText } from './local-start-queries.ts';
import { allOf, happenedIn, ofContest, type ReportScope, type SqlCondition } from './report-scope-queries.ts';
import {
  bookingForStatus,
  bookingStatusAt,
  referralStatusAt,
  refundedAt,
  rewardStatusAt,
} from './status-at-queries.ts';
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
  const rows = await scope.kept.rows<BookingCount>(
    queries,
    ['bookings', 'referrals'],
    sql`
    select ${bookingStatusAt(scope)} as status, b.currency,
      case when ${isCredited(scope)} then 1 else 0 end as referred,
      count(*) as bookings, sum(b.amount_minor) as amount_minor, sum(${refundedAt(scope)}) as refunded_minor
    from bookings b
    where ${bookingCounts(scope)} group by 1, 2, 3`,
  );
  return rows;
}

export async function countReferrals(
  queries: Queries,
  scope: ReportScope,
): Promise<{ status: ReferralStatus; referrals: number }[]> {
  const rows = await scope.kept.rows<{ status: ReferralStatus; referrals: number }>(
    queries,
    ['bookings', 'referrals'],
    sql`
    select ${referralStatusAt(scope)} as status, count(*) as referrals
    from referrals r ${bookingForStatus(scope)}
    where ${referralCounts(scope)} group by 1`,
  );
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
  const rows = await scope.kept.rows<RewardCount>(
    queries,
    ['rewards', 'referrals'],
    sql`
    select ${rewardStatusAt(scope)} as status, w.type, w.currency, count(*) as rewards,
      sum(w.amount_minor) as amount_minor, sum(w.days) as days, sum(w.points) as points
    from rewards w left join referrals r on r.id = w.referral_id
    where ${rewardCounts(scope)} group by 1, 2, 3`,
  );
  return rows;
}

/** Different people with an approved referral and a standing reward for it. */
export async function countRewardedPeople(queries: Queries, scope: ReportScope): Promise<number> {
  const rows = await scope.kept.rows<{ n: number }>(
    queries,
    ['rewards', 'referrals', 'bookings'],
    sql`
    select count(distinct w.customer_ref) as n
    from rewards w join referrals r on r.id = w.referral_id ${bookingForStatus(scope)}
    where ${rewardCounts(scope)} and w.customer_ref = r.referrer_ref and ${referralStatusAt(scope)} = 'approved'
      and ${rewardStatusAt(scope)} in ('held', 'available', 'claimed', 'paid')`,
  );
  return rows[0]?.n ?? 0;
}

/** The first and last time at which anything of the series was booked. */
export async function findBookedRange(
  queries: Queries,
  scope: ReportScope,
): Promise<{ first: Instant; last: Instant } | undefined> {
  const rows = await scope.kept.rows<{ first: Instant | null; last: Instant | null }>(
    queries,
    ['bookings', 'referrals'],
    sql`
    select min(x.first) as first, max(x.last) as last from (
      select min(b.booked_at) as first, max(b.booked_at) as last from bookings b where ${bookingCounts(scope)}
      union all
      select min(r.booked_at), max(r.booked_at) from referrals r where ${referralCounts(scope)}
    ) x`,
  );
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

/**
 * As `countBookings`, and per local day or month and currency the bookings and the net revenue of those by referral: one pass over the bookings
 * answers both.
 */
export async function countBookingsOverTime(
  queries: Queries,
  scope: ReportScope,
  { unit, offsets }: { readonly unit: 'day' | 'month'; readonly offsets: readonly ZoneOffset[] },
): Promise<{ readonly counts: BookingCount[]; readonly byTime: BookedOn[] }> {
  const net = sql`case when referred = 1 and status in ('confirmed', 'completed', 'refunded')
    then amount_minor - refunded_minor else 0 end`;
  const rows = await scope.kept.rows<(BookingCount & { readonly start: null }) | BookedOn>(
    queries,
    ['bookings', 'referrals'],
    sql`with booked as materialized (
      select ${localStartKey(queries, 'b.booked_at', unit, offsets)} as key, ${bookingStatusAt(scope)} as status, b.currency,
        case when ${isCredited(scope)} then 1 else 0 end as referred,
        count(*) as bookings, sum(b.amount_minor) as amount_minor, sum(${refundedAt(scope)}) as refunded_minor
      from bookings b where ${bookingCounts(scope)} group by 1, 2, 3, 4)
    select null as start, status, currency, referred, sum(bookings) as bookings, sum(amount_minor) as amount_minor,
        sum(refunded_minor) as refunded_minor, null as net_minor
      from booked group by status, currency, referred
    union all
    select ${startText(queries, sql`key`, unit)}, null, currency, null, sum(bookings), null, null, sum(${net})
      from booked group by key, currency
    order by start, currency, status, referred`,
  );
  const counts: BookingCount[] = [];
  const byTime: BookedOn[] = [];
  for (const row of rows) {
    if (row.start === null) counts.push(row);
    else byTime.push(row);
  }
  return { counts, byTime };
}

export async function countReferralsByTime(
  queries: Queries,
  scope: ReportScope,
  unit: 'day' | 'month',
  offsets: readonly ZoneOffset[],
): Promise<{ start: string; referrals: number }[]> {
  const rows = await scope.kept.rows<{ start: string; referrals: number }>(
    queries,
    ['bookings', 'referrals'],
    sql`
    select ${localStart(queries, 'r.booked_at', unit, offsets)} as start, count(*) as referrals
    from referrals r where ${referralCounts(scope)} group by 1 order by 1`,
  );
  return rows;
}

/** Does the booking `b` count? */
export function bookingCounts(scope: ReportScope): SqlCondition {
  const { contest } = scope;
  const inWindow =
    contest === null
      ? undefined
      : sql`b.booked_at >= ${contest.starts_at} and b.booked_at < ${contest.ends_at}`;
  return allOf([inWindow, happenedIn(scope, 'b.booked_at')]);
}

/** Does the referral `r` count? */
export function referralCounts(scope: ReportScope): SqlCondition {
  return allOf([ofContest(scope, 'r.contest_id'), happenedIn(scope, 'r.booked_at')]);
}

/** Does the reward `w` count, with its referral `r` joined from the left? */
export function rewardCounts(scope: ReportScope): SqlCondition {
  const at = sql`coalesce(r.booked_at, w.created_at)`;
  const { from, to, asOf } = scope;
  return allOf([
    ofContest(scope, 'w.contest_id'),
    from === null ? undefined : sql`${at} >= ${from}`,
    to === null ? undefined : sql`${at} < ${to}`,
    asOf === null ? undefined : sql`${at} <= ${asOf}`,
  ]);
}

/** Is the booking `b` credited to a code? A question and no join: a booking credited in two contests counts once. */
export function isCredited(scope: ReportScope): SqlCondition {
  const stood = allOf([
    ofContest(scope, 'r.contest_id'),
    sql`${referralStatusAt(scope)} not in ('rejected', 'expired')`,
  ]);
  // Asks nothing of the booking, so that all of them can be found at once.
  if (scope.asOf === null) {
    return sql`b.id in (select r.booking_id from referrals r where r.booking_id is not null and ${stood})`;
  }
  return sql`exists (select 1 from referrals r where r.booking_id = b.id and ${stood})`;
}
