import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { isOneOf } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { CampaignStatus, DeliveryStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import { listPendingClasses } from './candidate-queries.ts';
import { isHeld, isIn } from './held-queries.ts';

export async function findCampaignStatus(queries: Queries, id: number): Promise<CampaignStatus | undefined> {
  const row = await queries.selectFrom('campaigns').select('status').where('id', '=', id).executeTakeFirst();
  return row?.status;
}

/** A recipient as frozen by the first send. */
export interface NewDelivery {
  readonly customer_ref: number;
  readonly email: string;
  readonly address_key: string;
  readonly address_hash: string;
  readonly variant: string;
  readonly domain_class: string;
  /** Segments and scores that its mail is chosen by, where the template asks for any. */
  readonly chosen_by?: string;
  /** Not to be mailed before. */
  readonly not_before: Instant;
}

/** Freezes a page of recipients; the database refuses a second delivery to an address in the same campaign. */
export async function insertDeliveries(
  queries: Queries,
  campaignId: number,
  rows: readonly NewDelivery[],
): Promise<void> {
  const json = JSON.stringify(rows);
  if (engineOf(queries) === 'postgres') {
    await sql`insert into deliveries
        (campaign_id, customer_ref, email, address_key, address_hash, variant, domain_class, status, not_before, attempts, chosen_by)
      select ${campaignId}::bigint, customer_ref, email, address_key, address_hash, variant, domain_class, 'pending',
        not_before, 0, chosen_by
      from jsonb_to_recordset(${json}::jsonb)
        as r (customer_ref bigint, email text, address_key text, address_hash text, variant text, domain_class text, not_before timestamptz, chosen_by text)`.execute(
      queries,
    );
    return;
  }
  await sql`insert into deliveries
      (campaign_id, customer_ref, email, address_key, address_hash, variant, domain_class, status, not_before, attempts, chosen_by)
    select ${campaignId}, value ->> 'customer_ref', value ->> 'email', value ->> 'address_key', value ->> 'address_hash',
      value ->> 'variant', value ->> 'domain_class', 'pending', value ->> 'not_before', 0, value ->> 'chosen_by'
    from json_each(${json})`.execute(queries);
}

export async function markClaimed(
  queries: Queries,
  senderId: number,
  now: Instant,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  await queries
    .updateTable('deliveries')
    .set({ status: 'claimed', sender_id: senderId, claimed_at: now })
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where(isIn(['pending']))
    .execute();
}

/** Those who must not be mailed after all; gives how many had not been marked before. */
export async function markSkipped(
  queries: Queries,
  now: Instant,
  reason: string,
  ids: readonly number[],
): Promise<number> {
  const { numUpdatedRows } = await queries
    .updateTable('deliveries')
    .set({ status: 'skipped', error: reason, settled_at: now })
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where(isIn(['pending', 'claimed']))
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

export async function holdUntil(queries: Queries, until: Instant, ids: readonly number[]): Promise<void> {
  await queries
    .updateTable('deliveries')
    .set({ not_before: until })
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where(isIn(['pending']))
    .execute();
}

/**
 * The last step before the provider is called: of the claimed ones, those that are still this sender's while the campaign
 * is still being sent. A sender that was taken for dead, or a paused campaign, gets none.
 */
export async function markSending(
  queries: Queries,
  campaignId: number,
  senderId: number,
  now: Instant,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const { numUpdatedRows } = await queries
    .updateTable('deliveries')
    .set({ status: 'sending', sent_at: now })
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where(isIn(['claimed']))
    .where('sender_id', '=', senderId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('campaigns').select('id').where('id', '=', campaignId).where('status', '=', 'sending'),
      ),
    )
    .executeTakeFirstOrThrow();
  if (Number(numUpdatedRows) === ids.length) return new Set(ids);
  const rows = await queries
    .selectFrom('deliveries')
    .select('id')
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where(isIn(['sending']))
    .where('sender_id', '=', senderId)
    .execute();
  return new Set(rows.map((row) => row.id));
}

/** Gives back what was claimed and not sent; gives how many had not come back before. */
export async function releaseClaimed(
  queries: Queries,
  senderId: number,
  ids: readonly number[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const { numUpdatedRows } = await queries
    .updateTable('deliveries')
    .set({ status: 'pending', sender_id: null, claimed_at: null })
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where(isIn(['claimed']))
    .where('sender_id', '=', senderId)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** What became of a delivery that was being sent. */
export interface Settlement {
  readonly id: number;
  readonly status: DeliveryStatus;
  readonly message_id: string | null;
  readonly error: string | null;
  readonly attempts: number;
  /** Only for `pending`: not before this time. */
  readonly not_before: Instant;
}

/**
 * Writes down what became of a batch. A sender that was taken for dead meanwhile may still settle its own doubts: its
 * knowledge is evidence. What another sender holds by then is left alone. Gives how many are pending again that were not so before.
 */
export async function settleDeliveries(
  queries: Queries,
  senderId: number,
  now: Instant,
  settlements: readonly Settlement[],
): Promise<number> {
  const byMessage = Map.groupBy(settlements, ({ status, message_id }) =>
    status === 'accepted' ? message_id : undefined,
  );
  const others: Settlement[] = [];
  for (const [messageId, group] of byMessage) {
    if (messageId === undefined || group.length < SHARED_MESSAGE) others.push(...group);
    else await settleAccepted(queries, senderId, now, messageId, group);
  }
  return others.length === 0 ? 0 : settleEach(queries, senderId, now, others);
}

// So many mails under one message id are settled by a statement of their own, which is cheaper per mail.
const SHARED_MESSAGE = 10;

async function settleAccepted(
  queries: Queries,
  senderId: number,
  now: Instant,
  messageId: string | null,
  settlements: readonly Settlement[],
): Promise<void> {
  const ids = settlements.map(({ id }) => id);
  await queries
    .updateTable('deliveries')
    .set({ status: 'accepted', provider_message_id: messageId, settled_at: now, error: null })
    .set(({ eb }) => ({ attempts: eb('attempts', '+', 1) }))
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where('sender_id', '=', senderId)
    .where(isIn(['sending', 'in_doubt']))
    .execute();
}

async function settleEach(
  queries: Queries,
  senderId: number,
  now: Instant,
  settlements: readonly Settlement[],
): Promise<number> {
  const at = engineOf(queries) === 'postgres' ? sql`${now}::timestamptz` : sql`${now}`;
  const { rows } = await sql<{ status: DeliveryStatus }>`update deliveries set
      status = r.status, error = r.error, attempts = r.attempts, not_before = r.not_before,
      provider_message_id = r.message_id,
      sender_id = case when r.status = 'pending' then null else deliveries.sender_id end,
      claimed_at = case when r.status = 'pending' then null else deliveries.claimed_at end,
      sent_at = case when r.status = 'pending' then null else deliveries.sent_at end,
      settled_at = case when r.status in ('accepted', 'refused') then ${at} end
    from ${rowsOfJson(queries, 'r', SETTLEMENT, settlements)}
    where deliveries.id = r.id and deliveries.sender_id = ${senderId} and ${isIn(['sending', 'in_doubt'])}
    returning deliveries.status`.execute(queries);
  return rows.filter(({ status }) => status === 'pending').length;
}

const SETTLEMENT = {
  id: 'integer',
  status: 'text',
  message_id: 'text',
  error: 'text',
  attempts: 'integer',
  not_before: 'time',
} as const;

/** How many deliveries of a campaign are in each state. */
export async function countByStatus(
  queries: Queries,
  campaignId: number,
): Promise<ReadonlyMap<DeliveryStatus, number>> {
  const rows = await queries
    .selectFrom('deliveries')
    .select(['status', ({ fn }) => fn.countAll<number>().as('count')])
    .where('campaign_id', '=', campaignId)
    .groupBy('status')
    .execute();
  return new Map(rows.map(({ status, count }) => [status, Number(count)]));
}

/** What is left to do: the earliest time at which something pending may go, and how much living senders but `ownSender` hold. */
export async function findRemaining(
  queries: Queries,
  campaignId: number,
  ownSender: number,
): Promise<{ readonly nextAt: Instant | null; readonly heldByOthers: number }> {
  const pending = await listPendingClasses(queries, campaignId);
  const nextAt = pending.map((row) => row.next_at).toSorted()[0] ?? null;
  const { held } = await queries
    .selectFrom('deliveries as d')
    .innerJoin('senders as s', 's.id', 'd.sender_id')
    .select(({ fn }) => fn.countAll<number>().as('held'))
    .where('s.campaign_id', '=', campaignId)
    .where('s.stopped_at', 'is', null)
    .where('s.id', '<>', ownSender)
    .where('d.status', '<>', 'in_doubt')
    .where(isHeld('d.status'))
    .executeTakeFirstOrThrow();
  return { nextAt, heldByOthers: Number(held) };
}

/** Ends the campaign when nothing of it is pending or on its way; gives whether it did. */
export async function finishCampaign(queries: Queries, campaignId: number, now: Instant): Promise<boolean> {
  const result = await queries
    .updateTable('campaigns')
    .set({ status: 'sent', finished_at: now })
    .where('id', '=', campaignId)
    .where('status', '=', 'sending')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries')
            .select('id')
            .where('campaign_id', '=', campaignId)
            .where('status', 'in', ['pending', 'claimed', 'sending']),
        ),
      ),
    )
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Stops a campaign that is being sent, for an operator to look at. */
export async function pauseSending(queries: Queries, campaignId: number): Promise<void> {
  await queries
    .updateTable('campaigns')
    .set({ status: 'paused' })
    .where('id', '=', campaignId)
    .where('status', '=', 'sending')
    .execute();
}
