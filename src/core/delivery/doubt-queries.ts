import type { Queries } from '../database/database.ts';
import { integersIn } from '../database/list-parameter.ts';
import type { Instant } from '../time.ts';

export interface Doubt {
  readonly id: number;
  readonly address_key: string;
}

/** Deliveries of a campaign in doubt that went out over one transport, oldest first. */
export async function listDoubts(
  queries: Queries,
  campaignId: number,
  transport: string,
): Promise<readonly Doubt[]> {
  return queries
    .selectFrom('deliveries as d')
    .innerJoin('senders as s', 's.id', 'd.sender_id')
    .select(['d.id', 'd.address_key'])
    .where('d.campaign_id', '=', campaignId)
    .where('d.status', '=', 'in_doubt')
    .where('s.transport', '=', transport)
    .orderBy('d.id')
    .execute();
}

/** Doubts that the provider's own log has settled: it took them. Gives how many were still in doubt. */
export async function acceptFoundDoubts(
  queries: Queries,
  now: Instant,
  ids: readonly number[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const result = await queries
    .updateTable('deliveries')
    .set({ status: 'accepted', error: null, settled_at: now })
    .where('id', 'in', integersIn(queries, ids))
    .where('status', '=', 'in_doubt')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
