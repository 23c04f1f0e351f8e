import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { sortedKey } from '../database/sorted-key.ts';
import type { CampaignStatus, DeliveryStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { anyMarks, MARKS, type Mark, marksOf } from './kept-mails-queries.ts';
import { allOf, campaignCounts, happenedIn, ofContest, type ReportScope } from './report-scope-queries.ts';
import { deliveryStatusAt, referralStatusAt } from './status-at-queries.ts';

const NAMES = Object.keys(MARKS) as Mark[];

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
  return (await countReported(queries, scope)).flatMap(({ campaign_id, status, deliveries }) =>
    campaign_id === null || status === null ? [] : [{ campaign_id, status, deliveries }],
  );
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
  const counts = new Map<number, EventCount>();
  for (const { campaign_id, status: _, deliveries: __, accepted: ___, ...marks } of await countReported(
    queries,
    scope,
  )) {
    if (campaign_id === null) continue;
    const before = counts.get(campaign_id);
    const sums = NAMES.map((name) => [name, (before?.[name] ?? 0) + marks[name]]);
    counts.set(campaign_id, { campaign_id, ...(Object.fromEntries(sums) as Record<Mark, number>) });
  }
  return [...counts.values()];
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
  const { deliveries: planned = 0, accepted = 0, delivered = 0, clicked = 0 } = people ?? {};
  return { planned, accepted, delivered, clicked };
}

interface ReportedCount extends Omit<EventCount, 'campaign_id'> {
  /** Both null for all campaigns, where people are counted instead of mails. */
  readonly campaign_id: number | null;
  readonly status: DeliveryStatus | null;
  readonly deliveries: number;
  readonly accepted: number;
}

// Mails of each campaign by status, and people of all, by what was reported: one pass over mails and marks answers both.
async function countReported(queries: Queries, scope: ReportScope): Promise<ReportedCount[]> {
  const sums = sql.join(NAMES.map((name) => sql`coalesce(sum(${isMarked(name)}), 0) as ${sql.ref(name)}`));
  const accepted = sql`case when status = 'accepted' then 1 else 0 end`;
  return scope.kept.rows<ReportedCount>(
    queries,
    ['campaigns', 'deliveries', 'events'],
    sql`with mails as materialized (
      select d.campaign_id, d.customer_ref, ${deliveryStatusAt(scope)} as status, coalesce(x.marks, 0) as marks
      from deliveries d
        join campaigns c on c.id = d.campaign_id
        left join ${reportedMarks(queries, scope)} x on x.delivery_id = d.id
      where ${campaignCounts(scope)})
    select campaign_id, status, count(*) as deliveries, sum(${accepted}) as accepted, ${sums}
      from mails group by campaign_id, status
    union all
    select null, null, count(*), coalesce(sum(accepted), 0), ${sums}
      from (select max(${accepted}) as accepted, ${anyMarks(queries)} as marks from mails group by customer_ref) people`,
  );
}

/**
 * One row per delivery with what was reported about it, as 0 and 1: from what is kept of the events where that is up to
 * date, else, and as of a time, from all events.
 */
export function reportedMails(queries: Queries, scope: ReportScope): RawBuilder<unknown> {
  const marked = NAMES.map((name) => sql`${isMarked(name)} as ${sql.ref(name)}`);
  return sql`(select delivery_id, ${sql.join(marked)} from ${reportedMarks(queries, scope)} m)`;
}

/** The same, as the bits of `marks`. */
function reportedMarks(queries: Queries, { asOf, mailsKept }: ReportScope): RawBuilder<unknown> {
  if (mailsKept && asOf === null) return sql`report_mails`;
  const delivery = sortedKey(queries, 'e.delivery_id');
  return sql`(
    select ${delivery} as delivery_id, ${marksOf(queries)} as marks
    from events e
    where e.delivery_id is not null and ${asOf === null ? sql`1 = 1` : sql`e.occurred_at <= ${asOf}`}
    group by ${delivery})`;
}

function isMarked(mark: Mark): RawBuilder<number> {
  return sql`(case when (marks & ${sql.lit(MARKS[mark])}) > 0 then 1 else 0 end)`;
}
