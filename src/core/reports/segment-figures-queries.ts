import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { referralCounts } from './booking-queries.ts';
import { reportedMails } from './mail-queries.ts';
import { stands } from './program-queries.ts';
import {
  allOf,
  campaignCounts,
  ofContest,
  type ReportScope,
  type SqlCondition,
} from './report-scope-queries.ts';
import {
  bookingForStatus,
  bookingStatusAt,
  deliveryStatusAt,
  referralStatusAt,
  refundedAt,
} from './status-at-queries.ts';

export interface SegmentFigures {
  readonly segment: string;
  readonly members: number;
  readonly participants: number;
  readonly mailed: number;
  readonly delivered: number;
  readonly clicked: number;
  readonly active_participants: number;
  readonly referrals_approved: number;
}

/** What the members of each segment did, as people; of a contest, its participants. */
export async function listSegmentFigures(queries: Queries, scope: ReportScope): Promise<SegmentFigures[]> {
  return scope.kept.rows<SegmentFigures>(
    queries,
    [
      'segments',
      'segment_members',
      'customers',
      'participants',
      'campaigns',
      'deliveries',
      'events',
      'referrals',
      'bookings',
    ],
    sql`select s.name as segment, count(c.id) as members, count(case when c.id is not null then p.customer_ref end) as participants,
      coalesce(sum(case when c.id is not null then e.mailed end), 0) as mailed,
      coalesce(sum(case when c.id is not null then e.delivered end), 0) as delivered,
      coalesce(sum(case when c.id is not null then e.clicked end), 0) as clicked,
      count(case when c.id is not null and a.active > 0 then 1 end) as active_participants,
      coalesce(sum(case when c.id is not null then a.approved end), 0) as referrals_approved
    from segments s
      left join segment_members m on m.segment_id = s.id and ${isAmong(scope, 'm.customer_ref')}
      left join customers c on c.id = m.customer_ref and c.erased_at is null
      left join (select p.customer_ref from participants p where ${allOf([ofContest(scope, 'p.contest_id')])}
        group by p.customer_ref) p on p.customer_ref = m.customer_ref
      left join (
        select d.customer_ref, max(case when ${deliveryStatusAt(scope)} = 'accepted' then 1 else 0 end) as mailed,
          max(coalesce(x.delivered, 0)) as delivered, max(coalesce(x.clicked, 0)) as clicked
        from deliveries d join campaigns t on t.id = d.campaign_id
          left join ${reportedMails(queries, scope)} x on x.delivery_id = d.id
        where ${campaignsAs(scope)} group by d.customer_ref) e on e.customer_ref = m.customer_ref
      left join (
        select q.referrer_ref, count(case when q.status not in ('rejected', 'expired') then 1 end) as active,
          count(case when q.status = 'approved' then 1 end) as approved
        from (select r.referrer_ref, ${referralStatusAt(scope)} as status
          from referrals r ${bookingForStatus(scope)} where ${referralCounts(scope)}) q
        group by q.referrer_ref) a on a.referrer_ref = m.customer_ref
    group by s.id, s.name order by s.name`,
  );
}

/** What the friends of the members of each segment booked, by currency. */
export async function listSegmentRevenue(
  queries: Queries,
  scope: ReportScope,
): Promise<{ segment: string; currency: string; referrals: number; revenue_minor: number }[]> {
  return scope.kept.rows(
    queries,
    ['segments', 'segment_members', 'customers', 'participants', 'referrals', 'bookings'],
    sql`select s.name as segment, x.currency, sum(x.referrals) as referrals, sum(x.revenue_minor) as revenue_minor
    from (
      select r.referrer_ref, r.currency, count(*) as referrals,
        sum(case when ${bookingStatusAt(scope)} in ('confirmed', 'completed', 'refunded')
          then b.amount_minor - ${refundedAt(scope)} else 0 end) as revenue_minor
      from referrals r left join bookings b on b.id = r.booking_id
      where ${referralCounts(scope)} and ${stands(scope)} group by r.referrer_ref, r.currency
    ) x join segment_members m on m.customer_ref = x.referrer_ref and ${isAmong(scope, 'm.customer_ref')}
      join customers c on c.id = m.customer_ref and c.erased_at is null
      join segments s on s.id = m.segment_id
    group by s.name, x.currency order by s.name, x.currency`,
  );
}

function isAmong({ contest }: ReportScope, person: string): SqlCondition {
  return contest === null
    ? sql`1 = 1`
    : sql`exists (select 1 from participants i where i.contest_id = ${contest.id} and i.customer_ref = ${sql.ref(person)})`;
}

// `c` is the customer here, and the campaign there.
function campaignsAs(scope: ReportScope): SqlCondition {
  return sql`t.id in (select c.id from campaigns c where ${campaignCounts(scope)})`;
}
