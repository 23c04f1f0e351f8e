import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { sortedKey } from '../database/sorted-key.ts';
import type { Instant } from '../time.ts';
import { bookingCounts, referralCounts } from './booking-queries.ts';
import { localStart } from './local-start-queries.ts';
import { stands } from './program-queries.ts';
import { allOf, ofContest, type ReportScope, type SqlCondition } from './report-scope-queries.ts';
import { bookingForStatus, bookingStatusAt, referralStatusAt } from './status-at-queries.ts';
import type { ZoneOffset } from './zone-offsets.ts';

/** The first and last time at which a customer joined. */
export async function findJoinedRange(
  queries: Queries,
  { kept }: ReportScope,
): Promise<{ first: Instant; last: Instant } | undefined> {
  const [row] = await kept.rows<{ first: Instant | null; last: Instant | null }>(
    queries,
    ['customers'],
    sql`select min(joined_at) as first, max(joined_at) as last from customers where erased_at is null`,
  );
  return row === undefined || row.first === null || row.last === null
    ? undefined
    : { first: row.first, last: row.last };
}

export interface JoinedCount {
  /** `2026-03`; null where it is not known when they joined. */
  readonly month: string | null;
  readonly customers: number;
  readonly participants: number;
  readonly active_participants: number;
  readonly booked: number;
  readonly booked_again: number;
}

/** Customers by the local month in which they joined; of a contest, its participants. */
export async function countJoined(
  queries: Queries,
  scope: ReportScope,
  offsets: readonly ZoneOffset[],
): Promise<JoinedCount[]> {
  return scope.kept.rows<JoinedCount>(
    queries,
    ['customers', 'participants', 'referrals', 'bookings'],
    sql`select ${localStart(queries, 'c.joined_at', 'month', offsets)} as month, count(*) as customers,
      count(p.customer_ref) as participants, count(a.referrer_ref) as active_participants,
      count(case when k.bookings > 0 then 1 end) as booked, count(case when k.bookings > 1 then 1 end) as booked_again
    from customers c
      left join (select p.customer_ref from participants p where ${allOf([ofContest(scope, 'p.contest_id')])}
        group by p.customer_ref) p on p.customer_ref = c.id
      left join (
        select r.referrer_ref from referrals r ${bookingForStatus(scope)}
        where ${referralCounts(scope)} and ${referralStatusAt(scope)} not in ('rejected', 'expired')
        group by r.referrer_ref) a on a.referrer_ref = c.id
      left join (
        select ${sortedKey(queries, 'b.customer_ref')} as customer_ref, count(*) as bookings from bookings b
        where ${bookingCounts(scope)} and ${isOn(scope)} group by 1) k on k.customer_ref = c.id
    where c.erased_at is null and ${scope.contest === null ? sql`1 = 1` : sql`p.customer_ref is not null`}
    group by 1 order by 1`,
  );
}

/** Different customers of a joining month who booked in a month. SQLite joins a cross join in the order in which it is written: sorted by customer. */
export async function countReturns(
  queries: Queries,
  scope: ReportScope,
  joined: readonly ZoneOffset[],
  booked: readonly ZoneOffset[],
): Promise<{ month: string; booked: string; customers: number }[]> {
  const among =
    scope.contest === null
      ? sql`1 = 1`
      : sql`exists (select 1 from participants p where p.contest_id = ${scope.contest.id} and p.customer_ref = c.id)`;
  return scope.kept.rows(
    queries,
    ['customers', 'participants', 'bookings'],
    sql`select ${localStart(queries, 'c.joined_at', 'month', joined)} as month, x.booked, count(*) as customers
    from (
      select ${sortedKey(queries, 'b.customer_ref')} as customer_ref,
        ${localStart(queries, 'b.booked_at', 'month', booked)} as booked
      from bookings b where ${bookingCounts(scope)} and ${isOn(scope)} group by 1, 2
    ) x cross join customers c
    where c.id = x.customer_ref and c.erased_at is null and c.joined_at is not null and ${among}
    group by 1, 2 order by 1, 2`,
  );
}

export interface ContestCohort {
  readonly contest: string;
  readonly participants: number;
  readonly active_participants: number;
  readonly friends: number;
  readonly friends_again: number;
  readonly referrals_approved: number;
}

/** Each contest: who takes part, whom they brought, and who of those came again. */
export async function countContestCohorts(queries: Queries, scope: ReportScope): Promise<ContestCohort[]> {
  const later = sql`exists (
    select 1 from bookings b where b.customer_ref = f.friend_ref and b.booked_at > f.booked_at
      and ${scope.asOf === null ? sql`1 = 1` : sql`b.booked_at <= ${scope.asOf}`}
      and ${bookingStatusAt(scope)} in ('confirmed', 'completed'))`;
  return scope.kept.rows<ContestCohort>(
    queries,
    ['contests', 'participants', 'referrals', 'bookings'],
    sql`select t.slug as contest,
      (select count(*) from participants p where p.contest_id = t.id) as participants,
      coalesce(x.active, 0) as active_participants, coalesce(y.friends, 0) as friends,
      coalesce(y.again, 0) as friends_again, coalesce(x.approved, 0) as referrals_approved
    from contests t
      left join (
        select s.contest_id, count(distinct case when s.status not in ('rejected', 'expired') then s.referrer_ref end) as active,
          count(case when s.status = 'approved' then 1 end) as approved
        from (select r.contest_id, r.referrer_ref, ${referralStatusAt(scope)} as status
          from referrals r ${bookingForStatus(scope)} where ${referralCounts(scope)}) s
        group by s.contest_id) x on x.contest_id = t.id
      left join (
        select f.contest_id, count(*) as friends, count(case when ${later} then 1 end) as again
        from (select r.contest_id, r.friend_ref, min(r.booked_at) as booked_at
          from referrals r ${bookingForStatus(scope)}
          where ${referralCounts(scope)} and ${stands(scope)} group by r.contest_id, r.friend_ref) f
        group by f.contest_id) y on y.contest_id = t.id
    where ${scope.contest === null ? sql`1 = 1` : sql`t.id = ${scope.contest.id}`} and t.status <> 'draft'
    order by t.starts_at, t.slug`,
  );
}

function isOn(scope: ReportScope): SqlCondition {
  return sql`${bookingStatusAt(scope)} in ('confirmed', 'completed', 'refunded')`;
}
