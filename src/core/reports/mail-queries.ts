import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { CampaignStatus, DeliveryStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { MARKS, type Mark, setsMark } from './kept-mails-queries.ts';
import {
  allOf,
  campaignCounts,
  happenedIn,
  ofContest,
  type ReportScope,
  sorted,
} from './report-scope-queries.ts';
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
  const rows = await countReported(queries, scope);
  return rows.flatMap(({ campaign_id, planned: _, accepted: __, ...counts }) =>
    campaign_id === null ? [] : [{ campaign_id, ...counts }],
  );
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
  const people = (await countReported(queries, scope)).find(({ campaign_id }) => campaign_id === null);
  const { planned = 0, accepted = 0, delivered = 0, clicked = 0 } = people ?? {};
  return { planned, accepted, delivered, clicked };
}

interface ReportedCount extends Omit<EventCount, 'campaign_id'> {
  /** Null for all campaigns, where people are counted instead of mails. */
  readonly campaign_id: number | null;
  readonly planned: number;
  readonly accepted: number;
}

// Mails of each campaign, and people of all, by what was reported: one pass over the events answers both.
async function countReported(queries: Queries, scope: ReportScope): Promise<ReportedCount[]> {
  const names = Object.keys(MARKS).map((name) => sql.ref(name));
  const sums = sql.join(names.map((name) => sql`coalesce(sum(${name}), 0) as ${name}`));
  const any = sql.join(names.map((name) => sql`max(${name}) as ${name}`));
  return scope.kept.rows<ReportedCount>(
    queries,
    ['campaigns', 'deliveries', 'events'],
    sql`with mails as materialized (
      select d.campaign_id, d.customer_ref, case when ${deliveryStatusAt(scope)} = 'accepted' then 1 else 0 end as accepted,
        ${sql.join(names.map((name) => sql`coalesce(x.${name}, 0) as ${name}`))}
      from deliveries d
        join campaigns c on c.id = d.campaign_id
        left join ${reportedMails(queries, scope)} x on x.delivery_id = d.id
      where ${campaignCounts(scope)})
    select campaign_id, count(*) as planned, sum(accepted) as accepted, ${sums} from mails group by campaign_id
    union all
    select null, count(*), coalesce(sum(accepted), 0), ${sums}
      from (select max(accepted) as accepted, ${any} from mails group by customer_ref) people`,
  );
}

/**
 * One row per delivery with what was reported about it, as 0 and 1: from what is kept of the events where that is up to
 * date, else, and as of a time, from all events.
 */
export function reportedMails(queries: Queries, { asOf, mailsKept }: ReportScope): RawBuilder<unknown> {
  const names = Object.keys(MARKS) as Mark[];
  if (mailsKept && asOf === null) {
    const bits = names.map((name, place) => sql`(marks >> ${sql.lit(place)}) & 1 as ${sql.ref(name)}`);
    return sql`(select delivery_id, ${sql.join(bits)} from report_mails)`;
  }
  const seen = names.map(
    (name) => sql`max(case when ${setsMark(name)} then 1 else 0 end) as ${sql.ref(name)}`,
  );
  const delivery = sorted(queries, 'e.delivery_id');
  return sql`(
    select ${delivery} as delivery_id, ${sql.join(seen)}
    from events e
    where e.delivery_id is not null and ${asOf === null ? sql`1 = 1` : sql`e.occurred_at <= ${asOf}`}
    group by ${delivery})`;
}
