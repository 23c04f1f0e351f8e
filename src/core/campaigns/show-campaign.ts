import type { Queries } from '../database/database.ts';
import { formatHoldout } from './assign-holdout.ts';
import { countErrors, findTemplateRow } from './campaign-queries.ts';
import { readCampaignStatus } from './campaign-status.ts';
import { getCampaign } from './get-campaign.ts';
import { listReviews } from './review-queries.ts';

/** Everything that is known of a campaign but its recipients. Throws `not_found`. */
export async function showCampaign(queries: Queries, slug: string) {
  const campaign = await getCampaign(queries, slug);
  const template = await findTemplateRow(queries, campaign.template_id);
  const { planned, pending, accepted, refused, in_doubt, skipped, senders } = await readCampaignStatus(
    queries,
    campaign,
  );
  const {
    audience,
    rate_per_second,
    plan_digest,
    id: _id,
    contest_id: _contest,
    template_id: _template,
    slug: _slug,
    allocation,
    holdout_share,
    send_best,
    send_at,
    ...rest
  } = campaign;
  return {
    campaign: slug,
    ...rest,
    where: audience,
    rate: rate_per_second,
    digest: plan_digest,
    send_at: send_best ? 'best' : send_at,
    allocate: allocation ?? 'equal',
    holdout: holdout_share === null ? null : formatHoldout(holdout_share),
    template: { name: template?.name ?? '', version: template?.version ?? 0, sha256: template?.sha256 ?? '' },
    ...{ planned, pending, accepted, refused, in_doubt, skipped },
    reviews: await listReviews(queries, campaign.id),
    errors: (await countErrors(queries, campaign.id)).map((row) => ({ ...row, count: Number(row.count) })),
    senders,
  };
}
