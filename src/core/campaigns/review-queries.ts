import type { Insertable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { CampaignReviewsTable, ReviewAction } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** One step of the review of a campaign. */
export interface Review {
  readonly action: ReviewAction;
  readonly operator: string;
  readonly at: Instant;
  /** Of the plan that it was about; null where there was none. */
  readonly digest: string | null;
  readonly note: string | null;
}

export async function insertReview(queries: Queries, row: Insertable<CampaignReviewsTable>): Promise<void> {
  await queries.insertInto('campaign_reviews').values(row).execute();
}

/** The reviews of a campaign, oldest first. */
export async function listReviews(queries: Queries, campaignId: number): Promise<readonly Review[]> {
  return queries
    .selectFrom('campaign_reviews')
    .select(['action', 'operator', 'created_at as at', 'plan_digest as digest', 'note'])
    .where('campaign_id', '=', campaignId)
    .orderBy('id')
    .execute();
}
