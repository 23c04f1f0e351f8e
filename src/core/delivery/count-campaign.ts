import { type DeliveryTotals, totalDeliveries } from '../campaigns/total-deliveries.ts';
import type { Queries } from '../database/database.ts';
import { countByStatus } from './delivery-queries.ts';

/** Where the recipients of a campaign are. */
export async function countCampaign(queries: Queries, campaignId: number): Promise<DeliveryTotals> {
  return totalDeliveries(await countByStatus(queries, campaignId));
}
