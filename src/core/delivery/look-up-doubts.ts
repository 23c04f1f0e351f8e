import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { getCampaign } from '../campaigns/get-campaign.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { getInstanceId } from '../database/instance-id-queries.ts';
import type { CampaignStatus } from '../database/tables.ts';
import type { OnProgress } from '../progress.ts';
import { deliveryReference } from './delivery-reference.ts';
import { acceptFoundDoubts, listDoubts } from './doubt-queries.ts';
import { type FindTaken, SOUGHT_AT_ONCE } from './sendgrid-activity.ts';

export interface LookUpDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
  readonly findTaken: FindTaken;
  readonly onProgress?: OnProgress;
}

export interface LookedUp {
  readonly campaign: string;
  readonly status: CampaignStatus;
  /** Doubts that the provider's log shows as taken: they are accepted now. */
  readonly resolved: number;
  /** Still in doubt: not found, which proves nothing. */
  readonly left: number;
}

/**
 * Looks for what is in doubt in SendGrid's log. What is found there was taken, and is recorded as accepted, group by group;
 * what is not found stays in doubt. Throws `not_found`, `credential_refused`, `provider_unreachable`.
 */
export async function lookUpDoubts(slug: string, dependencies: LookUpDependencies): Promise<LookedUp> {
  const { database, findTaken, onProgress } = dependencies;
  const campaign = await getCampaign(database.queries, slug);
  const doubts = await listDoubts(database.queries, campaign.id, 'sendgrid');
  const instanceId = await getInstanceId(database.queries);
  let resolved = 0;
  for (let from = 0; from < doubts.length; from += SOUGHT_AT_ONCE) {
    onProgress?.(from, doubts.length);
    const group = doubts.slice(from, from + SOUGHT_AT_ONCE).map(({ id, address_key }) => ({
      id,
      reference: deliveryReference(instanceId, id),
      addressKey: address_key,
    }));
    const taken = await findTaken(group);
    const ids = group.filter(({ reference }) => taken.has(reference)).map(({ id }) => id);
    resolved += await record(slug, ids, dependencies);
  }
  return { campaign: slug, status: campaign.status, resolved, left: doubts.length - resolved };
}

async function record(
  slug: string,
  ids: readonly number[],
  { database, clock, run, dryRun }: LookUpDependencies,
): Promise<number> {
  if (ids.length === 0) return 0;
  return database.transaction(
    async (trx) => {
      const deliveries = await acceptFoundDoubts(trx, clock.now(), ids);
      const details = { in_doubt: 'look-up', deliveries };
      await appendAudit(trx, clock, run, { action: 'campaign.resolved', subject: slug, details });
      return deliveries;
    },
    { rollback: dryRun },
  );
}
