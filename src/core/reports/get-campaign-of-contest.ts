import type { Queries } from '../database/database.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { type CampaignOfContest, findCampaign, listCampaignSlugs } from './contest-queries.ts';

/** The campaign of that slug. Throws `not_found`, and `usage` when it belongs to another contest than `contest`. */
export async function getCampaignOfContest(
  queries: Queries,
  slug: string,
  contest: string | undefined,
): Promise<CampaignOfContest> {
  const campaign = await findCampaign(queries, slug);
  if (campaign === undefined) {
    throw new ReferralError('not_found', `There is no campaign "${slug}"`, {
      hint: didYouMean(slug, await listCampaignSlugs(queries), 'List them: referral campaigns list'),
      details: { campaign: slug },
    });
  }
  if (contest !== undefined && contest !== campaign.contest) {
    throw new ReferralError('usage', `The campaign "${slug}" is not one of the contest "${contest}"`, {
      hint: `Leave out --contest, or write: --contest ${campaign.contest}`,
    });
  }
  return campaign;
}
