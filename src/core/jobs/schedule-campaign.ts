import { appendAudit } from '../audit/append-audit.ts';
import { getCampaign } from '../campaigns/get-campaign.ts';
import { isFrozen, type StartDependencies, startCampaign } from '../delivery/start-campaign.ts';
import type { TransportName } from '../delivery/transport.ts';
import type { Instant } from '../time.ts';
import { deleteSchedule, findSchedule, insertSchedule } from './schedule-queries.ts';

export interface ScheduledCampaign {
  readonly campaign: string;
  /** Nobody is mailed before; null is with the next run of the job. */
  readonly send_at: Instant | null;
  readonly digest: string;
  readonly transport: string;
}

/**
 * Freezes the recipients of a plan, to be sent by the job `send-campaigns` from the campaign's `send_at` on. Who withdraws, is
 * suppressed or erased until then is left out. Throws what `startCampaign` throws.
 */
export async function scheduleCampaign(
  slug: string,
  {
    digest,
    transport,
    dryRun,
  }: { readonly digest: string; readonly transport: TransportName; readonly dryRun: boolean },
  dependencies: StartDependencies,
): Promise<ScheduledCampaign> {
  const { database, clock, run } = dependencies;
  const campaign = await getCampaign(database.queries, slug);
  const result = { campaign: slug, send_at: campaign.send_at, digest, transport };
  if (dryRun) {
    await startCampaign(slug, { digest, transport, dryRun }, dependencies);
    return result;
  }
  const isNew = (await findSchedule(database.queries, campaign.id)) === undefined;
  // Before it is frozen: a crash in between must not leave a campaign that nobody goes on with.
  await database.transaction(async (transaction) => {
    const row = { campaign_id: campaign.id, operator: run.operator, scheduled_at: clock.now() };
    await insertSchedule(transaction, row);
    const details = { digest, transport, send_at: campaign.send_at };
    if (isNew)
      await appendAudit(transaction, clock, run, { action: 'campaign.scheduled', subject: slug, details });
  });
  try {
    await startCampaign(slug, { digest, transport, dryRun }, dependencies);
  } catch (error) {
    if (isNew && !isFrozen(campaign)) await deleteSchedule(database.queries, campaign.id);
    throw error;
  }
  return result;
}
