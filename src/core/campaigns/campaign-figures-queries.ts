import { type Expression, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { DeliveryStatus } from '../database/tables.ts';

/** What became of accepted mails; each recipient counts once. */
export interface EventFigures {
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
  readonly bounced: number;
  readonly complained: number;
  readonly unsubscribed: number;
}

/** Recipients by what the provider has reported of them. Opens by machines are left out. */
export async function countEvents(queries: Queries, campaignId: number): Promise<EventFigures> {
  const rows = await queries
    .selectFrom('events as e')
    .innerJoin('deliveries as d', 'd.id', 'e.delivery_id')
    .select(['e.type', sql<number>`count(distinct d.id)`.as('count')])
    .where('d.campaign_id', '=', campaignId)
    .where(({ or, eb }) => or([eb('e.type', '<>', 'opened'), eb('e.machine_open', '=', 0)]))
    .groupBy('e.type')
    .execute();
  const figures = { delivered: 0, opened: 0, clicked: 0, bounced: 0, complained: 0, unsubscribed: 0 };
  for (const { type, count } of rows) {
    if (type in figures) figures[type as keyof EventFigures] = Number(count);
  }
  return figures;
}

/** Recipients whose code a friend has booked with since they were mailed. */
export async function countConverted(queries: Queries, campaignId: number): Promise<number> {
  const { count } = await queries
    .selectFrom('deliveries as d')
    .innerJoin('campaigns as c', 'c.id', 'd.campaign_id')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('d.campaign_id', '=', campaignId)
    .where('d.status', '=', 'accepted')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('referrals as r')
          .select('r.id')
          .whereRef('r.referrer_ref', '=', 'd.customer_ref')
          .whereRef('r.contest_id', '=', 'c.contest_id')
          .where('r.status', 'in', ['pending', 'held', 'approved'])
          .whereRef('r.booked_at', '>=', 'd.sent_at'),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Who is sending a campaign now. */
export async function listSenders(queries: Queries, campaignId: number) {
  return queries
    .selectFrom('senders')
    .select(['id', 'transport', 'target', 'host', 'process_id', 'started_at'])
    .where('campaign_id', '=', campaignId)
    .where('stopped_at', 'is', null)
    .orderBy('id')
    .execute();
}

/** Campaigns that fulfil a condition over `campaigns`, `contests` and `templates`, by slug. */
export async function listCampaignRows(
  queries: Queries,
  condition: Expression<SqlBool>,
  limit: number | undefined,
  offset: number,
) {
  return (
    queries
      .selectFrom('campaigns')
      .innerJoin('contests', 'contests.id', 'campaigns.contest_id')
      .innerJoin('templates', 'templates.id', 'campaigns.template_id')
      .select(['campaigns.id', 'campaigns.slug', 'campaigns.status', 'contests.slug as contest'])
      .select(['templates.name as template'])
      .select(['campaigns.created_at', 'campaigns.started_at', 'campaigns.finished_at'])
      .where(condition)
      .orderBy('campaigns.slug')
      // SQLite takes no offset without a limit.
      .limit(limit ?? Number.MAX_SAFE_INTEGER)
      .offset(offset)
      .execute()
  );
}

/** Deliveries by campaign and state, of one campaign or of all. */
export async function countAllByStatus(
  queries: Queries,
  campaignId: number | undefined,
): Promise<readonly { campaign_id: number; status: DeliveryStatus; count: number }[]> {
  return queries
    .selectFrom('deliveries')
    .select(['campaign_id', 'status', ({ fn }) => fn.countAll<number>().as('count')])
    .$if(campaignId !== undefined, (query) => query.where('campaign_id', '=', campaignId ?? 0))
    .groupBy(['campaign_id', 'status'])
    .execute();
}

/** Deliveries of a campaign by who has, or had, them in hand. */
export async function countBySender(
  queries: Queries,
  campaignId: number,
): Promise<readonly { sender_id: number | null; status: DeliveryStatus; count: number }[]> {
  const rows = await queries
    .selectFrom('deliveries')
    .select(['sender_id', 'status', ({ fn }) => fn.countAll<number>().as('count')])
    .where('campaign_id', '=', campaignId)
    .groupBy(['sender_id', 'status'])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
