import type { Updateable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { CampaignsTable } from '../database/tables.ts';
import { updateCampaign } from './campaign-queries.ts';

/** Changes columns of a campaign; the caller has checked that its state allows it. */
export async function saveCampaign(
  queries: Queries,
  id: number,
  changes: Updateable<CampaignsTable>,
): Promise<void> {
  await updateCampaign(queries, id, changes);
}
