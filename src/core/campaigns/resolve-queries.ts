import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';

/** An operator's word on everything in doubt: it went out. */
export async function acceptDoubts(queries: Queries, campaignId: number, now: Instant): Promise<number> {
  const result = await queries
    .updateTable('deliveries')
    .set({ status: 'accepted', settled_at: now })
    .where('campaign_id', '=', campaignId)
    .where('status', '=', 'in_doubt')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Back to pending, to be sent again: doubts by an operator's word, or refused ones after the cause was mended. */
export async function reopenDeliveries(
  queries: Queries,
  campaignId: number,
  from: 'in_doubt' | 'refused',
  now: Instant,
): Promise<number> {
  const result = await queries
    .updateTable('deliveries')
    .set({
      status: 'pending',
      sender_id: null,
      claimed_at: null,
      sent_at: null,
      settled_at: null,
      provider_message_id: null,
      error: null,
      attempts: 0,
      not_before: now,
    })
    .where('campaign_id', '=', campaignId)
    .where('status', '=', from)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

export async function countInState(
  queries: Queries,
  campaignId: number,
  status: 'in_doubt' | 'refused',
): Promise<number> {
  const { count } = await queries
    .selectFrom('deliveries')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('campaign_id', '=', campaignId)
    .where('status', '=', status)
    .executeTakeFirstOrThrow();
  return Number(count);
}
