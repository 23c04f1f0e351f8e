import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import type { CampaignStatus } from '../database/tables.ts';
import type { Campaign } from './campaign.ts';
import { updateCampaign } from './campaign-queries.ts';
import { getNextStatus } from './campaign-transition.ts';
import { getCampaignForChange } from './get-campaign.ts';
import { acceptDoubts, countInState, reopenDeliveries } from './resolve-queries.ts';

export interface ResolveDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

export interface Resolved {
  readonly campaign: string;
  readonly status: CampaignStatus;
  readonly resolved: number;
}

/** How many deliveries of a campaign a resolution or a retry would concern. */
export async function countConcerned(
  queries: Queries,
  campaign: Campaign,
  status: 'in_doubt' | 'refused',
): Promise<number> {
  return countInState(queries, campaign.id, status);
}

/** Settles everything in doubt by an operator's word: `sent`, or `resend`, which mails those people (again). */
export async function resolveDoubts(
  slug: string,
  word: 'sent' | 'resend',
  { database, clock, run, dryRun }: ResolveDependencies,
): Promise<Resolved> {
  return database.transaction(
    async (trx) => {
      const campaign = await getCampaignForChange(trx, slug);
      const now = clock.now();
      const resolved =
        word === 'sent'
          ? await acceptDoubts(trx, campaign.id, now)
          : await reopenDeliveries(trx, campaign.id, 'in_doubt', now);
      const status = word === 'resend' ? await reopen(trx, campaign, resolved) : campaign.status;
      await appendAudit(trx, clock, run, {
        action: 'campaign.resolved',
        subject: slug,
        details: { in_doubt: word, deliveries: resolved },
      });
      return { campaign: slug, status, resolved };
    },
    { rollback: dryRun },
  );
}

/** Puts refused deliveries back to pending, after what made the provider refuse them was mended. */
export async function retryRefused(
  slug: string,
  { database, clock, run, dryRun }: ResolveDependencies,
): Promise<Resolved> {
  return database.transaction(
    async (trx) => {
      const campaign = await getCampaignForChange(trx, slug);
      const resolved = await reopenDeliveries(trx, campaign.id, 'refused', clock.now());
      const status = await reopen(trx, campaign, resolved);
      await appendAudit(trx, clock, run, {
        action: 'campaign.retried',
        subject: slug,
        details: { deliveries: resolved },
      });
      return { campaign: slug, status, resolved };
    },
    { rollback: dryRun },
  );
}

async function reopen(queries: Queries, campaign: Campaign, count: number): Promise<CampaignStatus> {
  if (count === 0) return campaign.status;
  const status = getNextStatus(campaign.slug, campaign.status, 'reopen');
  await updateCampaign(queries, campaign.id, { status, finished_at: null });
  return status;
}
