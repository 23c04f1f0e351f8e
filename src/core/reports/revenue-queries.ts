import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { bookingCounts, isCredited } from './booking-queries.ts';
import { localStart } from './local-start-queries.ts';
import { allOf, ofContest, type ReportScope, type SqlCondition } from './report-scope-queries.ts';
import { bookingStatusAt, refundedAt } from './status-at-queries.ts';
import type { ZoneOffset } from './zone-offsets.ts';

export type Channel = 'direct' | 'assisted' | 'other';

export interface ChannelCount {
  readonly channel: Channel;
  readonly currency: string;
  readonly bookings: number;
  readonly net_minor: number;
}

/**
 * What led to each booking that was neither cancelled nor missed: a code; else a mail accepted for who booked within so many
 * days before; else neither. From the mails, in the order in which they lie, to the bookings by an index that has all that is asked: from each
 * booking to its mails SQLite would fetch most of them from another page.
 */
export async function countChannels(
  queries: Queries,
  scope: ReportScope,
  days: number,
): Promise<ChannelCount[]> {
  const mailed = sql`coalesce(d.sent_at, d.settled_at)`;
  const until =
    engineOf(queries) === 'sqlite'
      ? sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${mailed}, ${sql.lit(`${days} days`)})`
      : sql`${mailed} + interval ${sql.lit(`${days * 24} hours`)}`;
  const assisted = allOf([
    sql`c.id = d.campaign_id and d.status = 'accepted'`,
    sql`b.customer_ref = d.customer_ref and b.booked_at >= ${mailed} and b.booked_at < ${until}`,
    ofContest(scope, 'c.contest_id'),
    scope.campaignId === null ? undefined : sql`c.id = ${scope.campaignId}`,
  ]);
  return scope.kept.rows<ChannelCount>(
    queries,
    ['bookings', 'referrals', 'deliveries', 'campaigns'],
    sql`with assisted as materialized (
      select distinct b.id from deliveries d cross join campaigns c cross join bookings b where ${assisted})
    select channel, currency, count(*) as bookings, sum(net_minor) as net_minor from (
      select b.currency, b.amount_minor - ${refundedAt(scope)} as net_minor,
        case when ${isCredited(scope)} then 'direct' when b.id in (select id from assisted) then 'assisted'
          else 'other' end as channel
      from bookings b where ${bookingCounts(scope)} and ${isOn(scope)}
    ) x group by channel, currency order by channel, currency`,
  );
}

export interface MonthRevenue {
  readonly month: string;
  readonly currency: string;
  readonly bookings: number;
  readonly gross_minor: number;
  readonly refunded_minor: number;
  readonly referred_minor: number;
}

/** Bookings that were neither cancelled nor missed, by local month. */
export async function sumByMonth(
  queries: Queries,
  scope: ReportScope,
  offsets: readonly ZoneOffset[],
): Promise<MonthRevenue[]> {
  return scope.kept.rows<MonthRevenue>(
    queries,
    ['bookings', 'referrals'],
    sql`select ${localStart(queries, 'b.booked_at', 'month', offsets)} as month, b.currency, count(*) as bookings,
      sum(b.amount_minor) as gross_minor, sum(${refundedAt(scope)}) as refunded_minor,
      sum(case when ${isCredited(scope)} then b.amount_minor - ${refundedAt(scope)} else 0 end) as referred_minor
    from bookings b where ${bookingCounts(scope)} and ${isOn(scope)} group by 1, 2 order by 1, 2`,
  );
}

function isOn(scope: ReportScope): SqlCondition {
  return sql`${bookingStatusAt(scope)} in ('confirmed', 'completed', 'refunded')`;
}
