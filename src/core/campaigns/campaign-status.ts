import type { Queries } from '../database/database.ts';
import type { CampaignStatus, DeliveryStatus } from '../database/tables.ts';
import type { Campaign } from './campaign.ts';
import {
  countAllByStatus,
  countConverted,
  countEvents,
  type EventFigures,
  listSenders,
} from './campaign-figures-queries.ts';
import { type DeliveryTotals, totalDeliveries } from './total-deliveries.ts';

/** Where a campaign stands: its recipients, and what the provider has reported of them. */
export interface CampaignFigures extends DeliveryTotals, EventFigures {
  readonly campaign: string;
  readonly status: CampaignStatus;
  readonly converted: number;
  readonly senders: readonly {
    readonly host: string;
    readonly process_id: number;
    readonly transport: string;
    readonly started_at: string;
  }[];
}

export async function readCampaignStatus(queries: Queries, campaign: Campaign): Promise<CampaignFigures> {
  const counts = await countAllByStatus(queries, campaign.id);
  const senders = await listSenders(queries, campaign.id);
  return {
    campaign: campaign.slug,
    status: campaign.status,
    ...totalDeliveries(
      new Map(counts.map(({ status, count }): [DeliveryStatus, number] => [status, Number(count)])),
    ),
    ...(await countEvents(queries, campaign.id)),
    converted: await countConverted(queries, campaign.id),
    senders: senders.map(({ host, process_id, transport, started_at }) => ({
      host,
      process_id,
      transport,
      started_at,
    })),
  };
}
