import type { Queries } from '../database/database.ts';
import type { DeliveryStatus } from '../database/tables.ts';
import { countConverted, countDeliveries, countEvents, listCampaigns } from './mail-queries.ts';
import type { CampaignFigures } from './report.ts';
import type { ReportScope } from './report-scope-queries.ts';

const NO_EVENTS = {
  delivered: 0,
  opened: 0,
  opened_with_machines: 0,
  clicked: 0,
  bounced: 0,
  complained: 0,
  unsubscribed: 0,
};

/** The mail figures of every campaign that counts, in the order in which they were sent. */
export async function countMail(queries: Queries, scope: ReportScope): Promise<CampaignFigures[]> {
  const campaigns = await listCampaigns(queries, scope);
  if (campaigns.length === 0) return [];
  const deliveries = new Map<string, number>();
  for (const row of await countDeliveries(queries, scope)) {
    deliveries.set(`${row.campaign_id} ${row.status}`, row.deliveries);
  }
  const events = new Map(
    (await countEvents(queries, scope)).map(({ campaign_id, ...row }) => [campaign_id, row]),
  );
  const converted = new Map(
    (await countConverted(queries, scope)).map((row) => [row.campaign_id, row.converted]),
  );
  return campaigns.map(({ id, slug, status, started_at }) => {
    const of = (status: DeliveryStatus): number => deliveries.get(`${id} ${status}`) ?? 0;
    const mails = {
      pending: of('pending') + of('claimed') + of('sending'),
      accepted: of('accepted'),
      refused: of('refused'),
      in_doubt: of('in_doubt'),
      skipped: of('skipped'),
    };
    return {
      campaign: slug,
      status,
      started_at,
      planned: mails.pending + mails.accepted + mails.refused + mails.in_doubt + mails.skipped,
      ...mails,
      ...(events.get(id) ?? NO_EVENTS),
      converted: converted.get(id) ?? 0,
    };
  });
}
