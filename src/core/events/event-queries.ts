import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { integersIn, textsIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { DeliveryStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

export interface NewEvent {
  readonly provider_event_id: string;
  readonly delivery_id: number | null;
  readonly type: string;
  readonly occurred_at: Instant;
  readonly machine_open: number;
  readonly url: string | null;
  readonly reason: string | null;
  readonly imported_at: Instant;
}

/** Adds events that are not known yet; gives the ids of those it added. */
export async function insertEvents(
  queries: Queries,
  rows: readonly NewEvent[],
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const columns = {
    provider_event_id: 'text',
    delivery_id: 'integer',
    type: 'text',
    occurred_at: 'time',
    machine_open: 'integer',
    url: 'text',
    reason: 'text',
    imported_at: 'time',
  } as const;
  const result = await sql<{ provider_event_id: string }>`insert into events
      (provider_event_id, delivery_id, type, occurred_at, machine_open, url, reason, imported_at)
    select provider_event_id, delivery_id, type, occurred_at, machine_open, url, reason, imported_at
    from ${rowsOfJson(queries, 'added', columns, rows)}
    where true on conflict (provider_event_id) do nothing returning provider_event_id`.execute(queries);
  return new Set(result.rows.map((row) => row.provider_event_id));
}

export interface KnownDelivery {
  readonly id: number;
  readonly address_key: string;
  readonly provider_message_id: string | null;
}

export async function listDeliveriesById(
  queries: Queries,
  ids: readonly number[],
): Promise<readonly KnownDelivery[]> {
  if (ids.length === 0) return [];
  return queries
    .selectFrom('deliveries')
    .select(['id', 'address_key', 'provider_message_id'])
    .where('id', 'in', integersIn(queries, ids))
    .execute();
}

/** Deliveries to these addresses whose provider message id is one of these; there are a thousand to a request of SendGrid. */
export async function listDeliveriesByMessage(
  queries: Queries,
  messageIds: readonly string[],
  addressKeys: readonly string[],
): Promise<readonly KnownDelivery[]> {
  if (messageIds.length === 0 || addressKeys.length === 0) return [];
  return queries
    .selectFrom('deliveries')
    .select(['id', 'address_key', 'provider_message_id'])
    .where('provider_message_id', 'in', textsIn(queries, messageIds))
    .where('address_key', 'in', textsIn(queries, addressKeys))
    .execute();
}

export interface Evidence {
  readonly id: number;
  readonly status: Extract<DeliveryStatus, 'accepted' | 'refused'>;
  readonly error: string | null;
  readonly message_id: string | null;
}

/**
 * Settles what was open by what the provider says: doubts, and what an operator has put back to be sent again and that
 * had gone out after all. What is being sent right now is left to its sender.
 */
export async function settleByEvents(
  queries: Queries,
  now: Instant,
  evidence: readonly Evidence[],
): Promise<number> {
  if (evidence.length === 0) return 0;
  const columns = { id: 'integer', status: 'text', error: 'text', message_id: 'text' } as const;
  const result = await sql`update deliveries set
      status = e.status, error = e.error, settled_at = ${now},
      provider_message_id = coalesce(deliveries.provider_message_id, e.message_id)
    from ${rowsOfJson(queries, 'e', columns, evidence)}
    where deliveries.id = e.id and deliveries.status in ('in_doubt', 'pending', 'claimed')`.execute(queries);
  return Number(result.numAffectedRows ?? 0n);
}

/** Who says that they want no more mail has withdrawn consent, under every customer_id with that mailbox. */
export async function withdrawConsent(
  queries: Queries,
  source: string,
  now: Instant,
  addressKeys: readonly string[],
): Promise<number> {
  if (addressKeys.length === 0) return 0;
  const result = await queries
    .updateTable('customers')
    .set({ consent: 'withdrawn', consent_at: now, consent_source: source, updated_at: now })
    .where('address_key', 'in', textsIn(queries, addressKeys))
    .where('consent', '<>', 'withdrawn')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

export async function findInstanceId(queries: Queries): Promise<string | undefined> {
  const row = await queries
    .selectFrom('meta')
    .select('value')
    .where('name', '=', 'instance_id')
    .executeTakeFirst();
  return row?.value;
}
