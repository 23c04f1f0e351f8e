import type { Queries } from '../database/database.ts';
import type { CampaignSchedulesTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';

export interface DueCampaign {
  readonly slug: string;
  readonly transport: string | null;
}

/** Campaigns that an operator has approved, whose time has come, and that nobody has begun. */
export async function listApprovedDue(queries: Queries, now: Instant): Promise<DueCampaign[]> {
  return queries
    .selectFrom('campaigns')
    .select(['slug', 'transport'])
    .where('status', '=', 'approved')
    .where('started_at', 'is', null)
    .where('send_at', '<=', now)
    .orderBy('send_at')
    .orderBy('slug')
    .execute();
}

/** Campaigns whose recipients were frozen for the jobs, whose time has come, and that have somebody left to mail now. */
export async function listScheduledDue(queries: Queries, now: Instant): Promise<DueCampaign[]> {
  return queries
    .selectFrom('campaign_schedules')
    .innerJoin('campaigns', 'campaigns.id', 'campaign_schedules.campaign_id')
    .select(['campaigns.slug', 'campaigns.transport'])
    .where('campaigns.status', '=', 'sending')
    .where((eb) => eb.or([eb('campaigns.send_at', 'is', null), eb('campaigns.send_at', '<=', now)]))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('deliveries')
          .select('deliveries.id')
          .whereRef('deliveries.campaign_id', '=', 'campaigns.id')
          .where((inner) =>
            inner.or([
              inner.and([inner('deliveries.status', '=', 'pending'), inner('not_before', '<=', now)]),
              inner('deliveries.status', 'in', ['claimed', 'sending']),
            ]),
          ),
      ),
    )
    .orderBy('campaigns.send_at')
    .orderBy('campaigns.slug')
    .execute();
}

export async function insertSchedule(queries: Queries, row: CampaignSchedulesTable): Promise<void> {
  await queries
    .insertInto('campaign_schedules')
    .values(row)
    .onConflict((conflict) => conflict.column('campaign_id').doNothing())
    .execute();
}

export async function findSchedule(
  queries: Queries,
  campaignId: number,
): Promise<CampaignSchedulesTable | undefined> {
  return queries
    .selectFrom('campaign_schedules')
    .selectAll()
    .where('campaign_id', '=', campaignId)
    .executeTakeFirst();
}

export async function deleteSchedule(queries: Queries, campaignId: number): Promise<boolean> {
  const { numDeletedRows } = await queries
    .deleteFrom('campaign_schedules')
    .where('campaign_id', '=', campaignId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
