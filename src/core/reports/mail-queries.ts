import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { CampaignStatus, DeliveryStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { MARKS, type Mark, setsMark } from './kept-mails-queries.ts';
import { allOf, campaignCounts, happenedIn, ofContest, type ReportScope } from './report-scope-queries.ts';
import { deliveryStatusAt, referralStatusAt } from './status-at-queries.ts';

export interface CampaignRow {
  readonly id: number;
  readonly slug: string;
  readonly status: CampaignStatus;
  readonly started_at: Instant | null;
}

/** The campaigns that count, in the order in which their sending began. */
export async function listCampaigns(queries: Queries, scope: ReportScope): Promise<CampaignRow[]> {
  const { rows } = await sql<CampaignRow>`
    select c.id, c.slug, c.status, c.started_at from campaigns c where ${campaignCounts(scope)}
    order by coalesce(c.started_at, c.created_at), c.slug`.execute(queries);
  return rows;
}

export interface DeliveryCount {
  readonly campaign_id: number;
  readonly status: DeliveryStatus;
  readonly deliveries: number;
}

export async function countDeliveries(queries: Queries, scope: ReportScope): Promise<DeliveryCount[]> {
  const rows = await scope.kept.rows<DeliveryCount>(
    queries,
    ['campaigns', 'deliveries'],
    sql`
    select d.campaign_id, ${deliveryStatusAt(scope)} as status, count(*) as deliveries
    from deliveries d join campaigns c on c.id = d.campaign_id
    where ${campaignCounts(scope)} group by 1, 2`,
  );
  return rows;
}

export interface EventCount {
  readonly campaign_id: number;
  readonly delivered: number;
  readonly opened: number;
  readonly opened_with_machines: number;
  readonly clicked: number;
  readonly bounced: number;
  readonly complained: number;
  readonly unsubscribed: number;
}

/** Deliveries with at least one event of a type: repeated events of a mail count once. */
export async function countEvents(queries: Queries, scope: ReportScope): Promise<EventCount[]> {
  const rows = await scope.kept.rows<EventCount>(
    queries,
    ['campaigns', 'deliveries', 'events'],
    sql`
    select d.campaign_id, sum(x.delivered) as delivered, sum(x.opened) as opened,
      sum(x.opened_with_machines) as opened_with_machines, sum(x.clicked) as clicked, sum(x.bounced) as bounced,
      sum(x.complained) as complained, sum(x.unsubscribed) as unsubscribed
    from ${reportedMails(scope)} x
      join deliveries d on d.id = x.delivery_id
      join campaigns c on c.id = d.campaign_id
    where ${campaignCounts(scope)} group by 1`,
  );
  return rows;
}

/**
 * Per campaign, the accepted mails whose recipient then brought a referral that stands. SQLite joins a cross join in the
 * order in which it is written: from the few who brought one to their mails.
 */
export async function countConverted(
  queries: Queries,
  scope: ReportScope,
): Promise<{ campaign_id: number; converted: number }[]> {
  const rows = await scope.kept.rows<{ campaign_id: number; converted: number }>(
    queries,
    ['campaigns', 'deliveries', 'referrals', 'bookings'],
    sql`
    select d.campaign_id, count(*) as converted
    from (
      select r.contest_id, r.referrer_ref, max(r.booked_at) as last_booked_at
      from referrals r left join bookings b on b.id = r.booking_id
      where ${allOf([ofContest(scope, 'r.contest_id'), happenedIn(scope, 'r.booked_at')])}
        and ${referralStatusAt(scope)} in ('pending', 'held', 'approved')
      group by r.contest_id, r.referrer_ref
    ) x cross join deliveries d cross join campaigns c
    where d.customer_ref = x.referrer_ref and c.id = d.campaign_id and c.contest_id = x.contest_id
      and ${campaignCounts(scope)} and d.status = 'accepted'
      and x.last_booked_at >= coalesce(d.sent_at, d.settled_at)
    group by 1`,
  );
  return rows;
}

export interface MailedPeople {
  readonly planned: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly clicked: number;
}

/** Different people, however many campaigns mailed them. */
export async function countMailedPeople(queries: Queries, scope: ReportScope): Promise<MailedPeople> {
  const rows = await scope.kept.rows<MailedPeople>(
    queries,
    ['campaigns', 'deliveries', 'events'],
    sql`
    select count(distinct d.customer_ref) as planned,
      count(distinct case when ${deliveryStatusAt(scope)} = 'accepted' then d.customer_ref end) as accepted,
      count(distinct case when x.delivered = 1 then d.customer_ref end) as delivered,
      count(distinct case when x.clicked = 1 then d.customer_ref end) as clicked
    from deliveries d
      join campaigns c on c.id = d.campaign_id
      left join ${reportedMails(scope)} x on x.delivery_id = d.id
    where ${campaignCounts(scope)}`,
  );
  return rows[0] ?? { planned: 0, accepted: 0, delivered: 0, clicked: 0 };
}

/**
 * One row per delivery with what was reported about it, as 0 and 1: from what is kept of the events where that is up to
 * date, else, and as of a time, from the events in the order of their index on (delivery_id, type).
 */
export function reportedMails({ asOf, mailsKept }: ReportScope): RawBuilder<unknown> {
  const names = Object.keys(MARKS) as Mark[];
  if (mailsKept && asOf === null) {
    const bits = names.map((name, place) => sql`(marks >> ${sql.lit(place)}) & 1 as ${sql.ref(name)}`);
    return sql`(select delivery_id, ${sql.join(bits)} from report_mails)`;
  }
  const seen = names.map(
    (name) => sql`max(case when ${setsMark(name)} then 1 else 0 end) as ${sql.ref(name)}`,
  );
  return sql`(
    select e.delivery_id, ${sql.join(seen)}
    from events e
    where e.delivery_id is not null and ${asOf === null ? sql`1 = 1` : sql`e.occurred_at <= ${asOf}`}
    group by e.delivery_id)`;
}
