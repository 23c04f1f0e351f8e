import type { Contest } from '../contests/get-contest.ts';
import type { Config } from '../settings/config.ts';
import type { Campaign, TemplateVersion } from './campaign.ts';
import type { PlanBasis } from './plan.ts';

/** What a plan binds beside its people. */
export function planBasis(
  campaign: Campaign,
  contest: Contest,
  template: TemplateVersion,
  config: Config,
): PlanBasis {
  return {
    campaign: campaign.slug,
    contest: contest.slug,
    rules_sha256: contest.rules_sha256,
    template,
    subject: campaign.subject,
    variants: campaign.variants,
    audience: campaign.audience,
    quiet_hours: campaign.quiet_hours,
    // Absent where there is none: plans that were approved before there were windows still hold.
    ...(campaign.send_window === null ? {} : { send_window: campaign.send_window }),
    // Likewise.
    ...(campaign.experiment_sha256 === null ? {} : { experiment_sha256: campaign.experiment_sha256 }),
    ...(campaign.holdout_share === null ? {} : { holdout_share: campaign.holdout_share }),
    ...(campaign.allocation === null ? {} : { allocation: campaign.allocation }),
    ...(campaign.send_best ? { send_at: 'best' as const } : {}),
    sender: {
      from_email: config.mail.from_email,
      from_name: config.mail.from_name,
      reply_to: config.mail.reply_to ?? null,
      organisation: config.mail.organisation,
      postal_address: config.mail.postal_address,
      unsubscribe_base_url: config.unsubscribe.base_url,
      referral_url: config.links.referral_url,
    },
  };
}
