import { type RawBuilder, sql } from 'kysely';
import type { Instant } from '../time.ts';
import type { ReportScope } from './report-scope-queries.ts';

/*
 * The status that a row had at the as-of time. What carries its own later time (`completed_at`, `cancelled_at`,
 * `updated_at`, `claimed_at`, `paid_at`) is taken back; everything else counts with the status known now. The same
 * reading as the leaderboard's, which a test compares.
 */

/** Of the booking `b`. */
export function bookingStatusAt({ asOf }: ReportScope): RawBuilder<string> {
  if (asOf === null) return sql`b.status`;
  return sql`case
    when b.status in ('cancelled', 'refunded', 'no_show') and ${endedAt} > ${asOf}
      then case when b.completed_at <= ${asOf} then 'completed' else 'confirmed' end
    when b.status = 'completed' and coalesce(b.completed_at, b.updated_at, b.booked_at) > ${asOf} then 'confirmed'
    else b.status end`;
}

/** What had been refunded of the booking `b`, in minor units. */
export function refundedAt({ asOf }: ReportScope): RawBuilder<number> {
  if (asOf === null) return sql`b.refunded_minor`;
  return sql`case when b.updated_at > ${asOf} then 0 else b.refunded_minor end`;
}

/** Of the referral `r`, which `bookingForStatus` has to be joined to. */
export function referralStatusAt({ asOf, countingConfirmed }: ReportScope): RawBuilder<string> {
  if (asOf === null) return sql`r.status`;
  return sql`case
    when r.status = 'reversed' and r.reason <> 'decision' and ${endedAt} > ${asOf}
      then case when ${countedBy(sql`b.completed_at`, asOf, countingConfirmed)} then 'approved' else 'pending' end
    when r.status in ('approved', 'held')
      and not ${countedBy(sql`coalesce(b.completed_at, b.updated_at, r.booked_at)`, asOf, countingConfirmed)}
      then 'pending'
    else r.status end`;
}

/** Joins the booking `b` of the referral `r` where its status asks for it: without an as-of time SQLite would look up every booking for nothing. */
export function bookingForStatus({ asOf }: ReportScope): RawBuilder<unknown> {
  return asOf === null ? sql`` : sql`left join bookings b on b.id = r.booking_id`;
}

/** Of the reward `w`. */
export function rewardStatusAt({ asOf }: ReportScope): RawBuilder<string> {
  if (asOf === null) return sql`w.status`;
  return sql`case
    when w.status = 'paid' and w.paid_at > ${asOf}
      then case when w.claimed_at <= ${asOf} then 'claimed' else 'available' end
    when w.status = 'claimed' and w.claimed_at > ${asOf} then 'available'
    else w.status end`;
}

/** Of the delivery `d`: before it was settled it was on its way. */
export function deliveryStatusAt({ asOf }: ReportScope): RawBuilder<string> {
  if (asOf === null) return sql`d.status`;
  return sql`case when d.settled_at > ${asOf} then 'pending' else d.status end`;
}

const endedAt = sql<Instant>`case when b.status = 'cancelled' then coalesce(b.cancelled_at, b.updated_at) else b.updated_at end`;

// In a contest whose rules count confirmed bookings, being booked is enough.
function countedBy(
  completedAt: RawBuilder<unknown>,
  asOf: Instant,
  countingConfirmed: readonly number[],
): RawBuilder<unknown> {
  const completed = sql`coalesce(${completedAt} <= ${asOf}, false)`;
  if (countingConfirmed.length === 0) return completed;
  return sql`(r.contest_id in (${sql.join(countingConfirmed)}) or ${completed})`;
}

/** Does the reward `w` stand: held, available, claimed or paid? */
export function standingReward(scope: ReportScope): RawBuilder<unknown> {
  return sql`${rewardStatusAt(scope)} in ('held', 'available', 'claimed', 'paid')`;
}
