import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { type BestTimes, openBestTimes } from '../best-time/open-best-times.ts';
import { assertSendable } from '../campaigns/assert-sendable.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { getNextStatus } from '../campaigns/campaign-transition.ts';
import { getCampaignForChange } from '../campaigns/get-campaign.ts';
import { type Plan, type PlanDependencies, planCampaign } from '../campaigns/plan-campaign.ts';
import { saveCampaign } from '../campaigns/save-campaign.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database, Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { createDomainClassifier } from '../limits/domain-class.ts';
import { parseSendHours } from '../limits/send-hours.ts';
import { hashAddress } from '../settings/keyring.ts';
import { assertNotQuarantined } from '../settings/quarantine.ts';
import { getSetting } from '../settings/settings.ts';
import type { Instant } from '../time.ts';
import { insertHoldouts } from './assignment-queries.ts';
import { insertDeliveries } from './delivery-queries.ts';
import type { TransportName } from './transport.ts';

export interface StartOptions {
  /** The digest of the plan that was agreed to; sending is refused when it no longer holds. */
  readonly digest: string;
  readonly transport: TransportName;
  readonly dryRun: boolean;
}

export interface StartDependencies extends PlanDependencies {
  readonly database: Database;
  readonly run: Run;
}

/**
 * Freezes the recipients of a plan into deliveries, in one transaction, or joins a campaign that is frozen already.
 * Gives the plan when this call froze it. Throws `plan_changed`, `state_forbids`, `quarantined`.
 */
export async function startCampaign(
  slug: string,
  { digest, transport, dryRun }: StartOptions,
  dependencies: StartDependencies,
): Promise<Plan | undefined> {
  const { database, clock, keyring, run } = dependencies;
  return database.transaction(
    async (trx) => {
      await assertNotQuarantined(trx);
      const campaign = await getCampaignForChange(trx, slug);
      if (isFrozen(campaign)) {
        assertSamePlan(campaign, digest);
        return undefined;
      }
      assertStartable(campaign, await getSetting(trx, 'campaigns.require_approval'));
      const now = clock.now();
      const { send_at } = campaign;
      const notBefore = send_at !== null && send_at > now ? send_at : now;
      const bestTimes = campaign.send_best ? await openCampaignTimes(trx, campaign, notBefore) : undefined;
      const classify = createDomainClassifier(await getSetting(trx, 'sending.domain_classes'));
      const plan = await planCampaign(trx, campaign, dependencies, {
        onRecipients: async (recipients) => {
          const times = await bestTimes?.find(recipients.map(({ customer_ref }) => customer_ref));
          const rows = recipients.map((recipient) => ({
            ...recipient,
            not_before: times?.get(recipient.customer_ref) ?? notBefore,
            address_hash: hashAddress(keyring.current, recipient.address_key),
            domain_class: classify(recipient.address_key),
          }));
          await insertDeliveries(trx, campaign.id, rows);
        },
        onHeldOut: (customerRefs) => insertHoldouts(trx, campaign.id, now, customerRefs),
      });
      assertSendable(plan);
      assertPlanHolds(campaign, plan, digest);
      const status = getNextStatus(slug, campaign.status, 'start');
      await saveCampaign(trx, campaign.id, { status, plan_digest: plan.digest, transport, started_at: now });
      await appendAudit(trx, clock, run, {
        action: 'campaign.started',
        subject: slug,
        details: { digest: plan.digest, recipients: plan.recipients, transport },
      });
      return plan;
    },
    { rollback: dryRun },
  );
}

/** Everyone's best time from then on, within the hours of the campaign. */
async function openCampaignTimes(trx: Queries, campaign: Campaign, from: Instant): Promise<BestTimes> {
  const { timezone, ends_at } = await getContest(trx, campaign.contest);
  const hours = parseSendHours(campaign.quiet_hours, campaign.send_window);
  return openBestTimes(trx, { from, until: ends_at, timezone, hours });
}

/** Were its recipients frozen by an earlier send? */
export function isFrozen(campaign: Campaign): boolean {
  return campaign.started_at !== null;
}

/** Throws `state_forbids` unless `send` may start or go on with the campaign. */
export function assertStartable(campaign: Campaign, needsApproval: boolean): void {
  if (isFrozen(campaign) && campaign.status === 'sent') return;
  getNextStatus(campaign.slug, campaign.status, 'start');
  if (!needsApproval || campaign.status !== 'draft') return;
  throw new ReferralError('state_forbids', `campaign "${campaign.slug}" is not approved`, {
    reason: 'the setting campaigns.require_approval is on',
    hint: `Submit it: referral campaigns submit ${campaign.slug}; another operator approves it.`,
    details: { campaign: campaign.slug, status: campaign.status },
  });
}

/** Throws `plan_changed` when a frozen campaign was frozen from another plan. */
export function assertSamePlan(campaign: Campaign, digest: string): void {
  if (campaign.plan_digest === digest) return;
  throw planChanged(campaign.slug, 'it is being sent from another plan', digest, campaign.plan_digest ?? '');
}

function assertPlanHolds(campaign: Campaign, plan: Plan, digest: string): void {
  if (plan.digest !== digest) {
    const what =
      'audience, consent, suppressions, segments, scores, template, rules or sender are not what they were';
    throw planChanged(campaign.slug, what, digest, plan.digest);
  }
  // What the second person approved is what is sent.
  if (campaign.plan_digest !== null && campaign.plan_digest !== plan.digest) {
    throw planChanged(campaign.slug, 'it was approved with another plan', plan.digest, campaign.plan_digest);
  }
}

function planChanged(campaign: string, reason: string, given: string, now: string): ReferralError {
  return new ReferralError('plan_changed', `the plan of campaign "${campaign}" has changed`, {
    reason,
    hint: `Look at the plan of now: referral campaigns plan ${campaign}`,
    details: { campaign, given, now },
  });
}
