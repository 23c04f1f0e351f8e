import type { Queries } from '../database/database.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import type { Campaign } from './campaign.ts';
import { findCampaign, findCampaignLocked, listCampaignSlugs } from './campaign-queries.ts';

/** The campaign of that slug. Throws `not_found`, naming the nearest slug. */
export async function getCampaign(queries: Queries, slug: string): Promise<Campaign> {
  return (await findCampaign(queries, slug)) ?? missing(queries, slug);
}

/** As `getCampaign`, for a transaction that changes its state. */
export async function getCampaignForChange(queries: Queries, slug: string): Promise<Campaign> {
  return (await findCampaignLocked(queries, slug)) ?? missing(queries, slug);
}

async function missing(queries: Queries, slug: string): Promise<never> {
  throw new ReferralError('not_found', `There is no campaign "${slug}"`, {
    hint: didYouMean(slug, await listCampaignSlugs(queries), 'List them: referral campaigns list'),
    details: { campaign: slug },
  });
}
