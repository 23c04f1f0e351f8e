import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { CampaignStatus, ReviewAction } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';
import { getSetting } from '../settings/settings.ts';
import { assertSendable } from './assert-sendable.ts';
import type { Campaign } from './campaign.ts';
import { updateCampaign } from './campaign-queries.ts';
import { type CampaignAction, getNextStatus } from './campaign-transition.ts';
import { getCampaignForChange } from './get-campaign.ts';
import { type PlanDependencies, planCampaign } from './plan-campaign.ts';
import { insertReview } from './review-queries.ts';

export type ReviewedAction = Extract<
  CampaignAction,
  'submit' | 'approve' | 'reject' | 'pause' | 'resume' | 'cancel'
>;

export interface ChangeDependencies extends PlanDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

export interface ChangedCampaign {
  readonly campaign: string;
  readonly status: CampaignStatus;
  readonly previous_status: CampaignStatus;
  /** Of the plan that was submitted. */
  readonly digest: string | null;
  readonly by: string;
  readonly note: string | null;
}

/** Takes one step of a campaign's life for an operator. Throws `not_found`, `state_forbids`. */
export async function changeCampaign(
  slug: string,
  action: ReviewedAction,
  note: string | null,
  dependencies: ChangeDependencies,
): Promise<ChangedCampaign> {
  const { database, clock, run, dryRun } = dependencies;
  return database.transaction(
    async (trx) => {
      const campaign = await getCampaignForChange(trx, slug);
      const status = getNextStatus(slug, campaign.status, action);
      const now = clock.now();
      let digest = campaign.plan_digest;
      if (action === 'submit') {
        const plan = await planCampaign(trx, campaign, dependencies);
        assertSendable(plan);
        digest = plan.digest;
      } else if (action === 'approve')
        assertSecondPerson(campaign, run, await getSetting(trx, 'campaigns.require_approval'));
      else if (action === 'reject') digest = null;
      await updateCampaign(trx, campaign.id, {
        status,
        ...changesOf(action, run.operator, now, digest, note),
      });
      const review = REVIEWS[action];
      if (review !== undefined) {
        await insertReview(trx, {
          ...{ campaign_id: campaign.id, action: review, operator: run.operator, note, created_at: now },
          // What is rejected is the plan that was submitted, although the campaign forgets it.
          plan_digest: action === 'reject' ? campaign.plan_digest : digest,
        });
      }
      await appendAudit(trx, clock, run, {
        action: `campaign.${ACTION_PAST[action]}`,
        subject: slug,
        details: { from: campaign.status, to: status, digest },
      });
      return { campaign: slug, status, previous_status: campaign.status, digest, by: run.operator, note };
    },
    { rollback: dryRun },
  );
}

const ACTION_PAST: Readonly<Record<ReviewedAction, string>> = {
  submit: 'submitted',
  approve: 'approved',
  reject: 'rejected',
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
};

const REVIEWS: Readonly<Partial<Record<ReviewedAction, ReviewAction>>> = {
  submit: 'submitted',
  approve: 'approved',
  reject: 'rejected',
};

function changesOf(
  action: ReviewedAction,
  operator: string,
  now: string,
  plan_digest: string | null,
  review_note: string | null,
) {
  switch (action) {
    case 'submit':
      return { plan_digest, submitted_at: now, submitted_by: operator, review_note };
    case 'approve':
      return { approved_at: now, approved_by: operator, review_note };
    case 'reject':
      return {
        plan_digest,
        submitted_at: null,
        submitted_by: null,
        approved_at: null,
        approved_by: null,
        review_note,
      };
    case 'cancel':
      return { finished_at: now };
    case 'pause':
    case 'resume':
      return {};
  }
}

// Two pairs of eyes: whoever submits a plan can't approve it, and what is approved is a plan that was submitted.
function assertSecondPerson(campaign: Campaign, run: Run, isRequired: boolean): void {
  const { slug, submitted_by } = campaign;
  if (submitted_by === null && isRequired) {
    throw new ReferralError('state_forbids', `campaign "${slug}" was not submitted`, {
      reason: 'the setting campaigns.require_approval is on',
      hint: `Submit its plan first: referral campaigns submit ${slug}`,
      details: { campaign: slug, status: campaign.status },
    });
  }
  if (submitted_by === null || submitted_by !== run.operator) return;
  throw new ReferralError('state_forbids', `campaign "${slug}" was submitted by you`, {
    reason: 'a second person has to approve it',
    hint: 'Ask another operator, who is named by their login or REFERRAL_OPERATOR.',
    details: { campaign: slug, submitted_by },
  });
}
