import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { sortedKey } from '../database/sorted-key.ts';
import type { CampaignStatus, DeliveryStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { anyMarks, MARKS, type Mark, marksOf, setsMark } from './kept-mails-queries.ts';
import { allOf, campaignCounts, happenedIn, ofContest, type ReportScope } from './report-scope-queries.ts';
import { bookingForStatus, deliveryStatusAt, referralStatusAt } from './status-at-queries.ts';

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

/** Mails of each campaign by status. */
export async function countDeliveries(queries: Queries, scope: ReportScope): Promise<DeliveryCount[]> {
  return scope.kept.rows<DeliveryCount>(
    queries,
    ['campaigns', 'deliveries'],
    sql`select d.campaign_id, ${deliveryStatusAt(scope)} as status, count(*) as deliveries
      from deliveries d join campaigns c on c.id = d.campaign_id where ${campaignCounts(scope)} group by 1, 2`,
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
  return (await countMarks(queries, scope)).flatMap(({ campaign_id, ...marks }) =>
    campaign_id === null ? [] : [{ campaign_id, ...marks }],
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
      from referrals r ${bookingForStatus(scope)}
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
  // A period in which no campaign began: the mails of all others need not be looked through.
  const campaigns = await listCampaigns(queries, scope);
  if (campaigns.length === 0) return { planned: 0, accepted: 0, delivered: 0, clicked: 0 };
  const [sent] = await scope.kept.rows<Pick<MailedPeople, 'planned' | 'accepted'>>(
    queries,
    ['campaigns', 'deliveries'],
    sql`select count(*) as planned, coalesce(sum(accepted), 0) as accepted from (
      select max(case when ${deliveryStatusAt(scope)} = 'accepted' then 1 else 0 end) as accepted
      from deliveries d join campaigns c on c.id = d.campaign_id
      where ${campaignCounts(scope)} group by d.customer_ref) people`,
  );
  const people = (await countMarks(queries, scope)).find(({ campaign_id }) => campaign_id === null);
  const { delivered = 0, clicked = 0 } = people ?? {};
  return { planned: sent?.planned ?? 0, accepted: sent?.accepted ?? 0, delivered, clicked };
}

interface MarkCount extends Omit<EventCount, 'campaign_id'> {
  /** Null for all campaigns, where people are counted instead of mails. */
  readonly campaign_id: number | null;
}

// Apart from the counts of deliveries, which hold while events come in.
async function countMarks(queries: Queries, scope: ReportScope): Promise<MarkCount[]> {
  const sums = sql.join(NAMES.map((name) => sql`coalesce(sum(${isMarked(name)}), 0) as ${sql.ref(name)}`));
  const people = sql`select null as campaign_id, ${sums}
    from (select ${anyMarks(queries)} as marks from marked group by customer_ref) people`;
  if (readsKept(scope)) {
    return scope.kept.rows<MarkCount>(
      queries,
      ['campaigns', 'events', 'mails'],
      sql`with marked as not materialized (
        select x.campaign_id, x.customer_ref, x.marks from report_mails x join campaigns c on c.id = x.campaign_id
        where ${campaignCounts(scope)})
      select campaign_id, ${sums} from marked group by campaign_id union all ${people}`,
    );
  }
  return scope.kept.rows<MarkCount>(
    queries,
    ['campaigns', 'deliveries', 'events'],
    sql`with marked as materialized (
      select d.campaign_id, d.customer_ref, x.marks
      from deliveries d join campaigns c on c.id = d.campaign_id
        join ${reportedMarks(queries, scope)} x on x.delivery_id = d.id
      where ${campaignCounts(scope)})
    select campaign_id, ${sums} from marked group by campaign_id union all ${people}`,
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
function reportedMarks(queries: Queries, scope: ReportScope): RawBuilder<unknown> {
  if (readsKept(scope)) return sql`report_mails`;
  const { asOf } = scope;
  const delivery = sortedKey(queries, 'e.delivery_id');
  return sql`(
    select ${delivery} as delivery_id, ${marksOf(queries)} as marks
    from events e
    where e.delivery_id is not null and ${setsMark()} and ${asOf === null ? sql`1 = 1` : sql`e.occurred_at <= ${asOf}`}
    group by ${delivery})`;
}

// What is kept says nothing of when.
function readsKept({ asOf, mailsKept }: ReportScope): boolean {
  return mailsKept && asOf === null;
}

function isMarked(mark: Mark): RawBuilder<number> {
  return sql`(case when (marks & ${sql.lit(MARKS[mark])}) > 0 then 1 else 0 end)`;
}
