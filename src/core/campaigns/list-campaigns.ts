import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { DeliveryStatus } from '../database/tables.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { campaignFields } from './campaign-fields.ts';
import { countAllByStatus, listCampaignRows } from './campaign-figures-queries.ts';
import { totalDeliveries } from './total-deliveries.ts';

export interface ListOptions {
  readonly where: readonly string[];
  readonly limit?: number | undefined;
  readonly offset: number;
  readonly timezone: string;
}

/** Campaigns that fulfil all conditions, by slug, each with its totals. Throws `usage` for a condition. */
export async function listCampaigns(
  queries: Queries,
  clock: Clock,
  { where, limit, offset, timezone }: ListOptions,
) {
  const condition = await compileWhere(queries, where, campaignFields, { now: clock.now(), timezone });
  const rows = await listCampaignRows(queries, condition, limit, offset);
  const counts = Map.groupBy(await countAllByStatus(queries, undefined), (row) => row.campaign_id);
  return rows.map(({ id, slug, status, contest, template, created_at, started_at, finished_at }) => {
    const own = counts.get(id) ?? [];
    const totals = totalDeliveries(
      new Map(own.map((row): [DeliveryStatus, number] => [row.status, Number(row.count)])),
    );
    return { campaign: slug, status, contest, template, ...totals, created_at, started_at, finished_at };
  });
}
