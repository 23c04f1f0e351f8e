import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database, Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { type ExperimentDesign, hashDesign } from '../experiments/design.ts';
import { customerFields } from '../selection/customer-fields.ts';
import { parseWhere } from '../selection/parse-where.ts';
import { splitConditions } from '../selection/split-conditions.ts';
import { compileMessage } from '../templates/compile-message.ts';
import { getTemplate, saveTemplate } from '../templates/find-template.ts';
import type { FoundTemplate } from '../templates/template-document.ts';
import type { Instant } from '../time.ts';
import { formatHoldout } from './assign-holdout.ts';
import { isCampaignSlug, type TemplateVersion, type Variant } from './campaign.ts';
import { findCampaign, insertCampaign } from './campaign-queries.ts';
import { wordingOf } from './load-campaign-messages.ts';
import type { RequestedVariant } from './parse-variant.ts';

export interface NewCampaign {
  readonly slug: string;
  readonly contest: string;
  /** A template's name or file. */
  readonly template: string;
  readonly subject: string | null;
  readonly variants: readonly RequestedVariant[];
  readonly where: readonly string[];
  readonly rate: number | null;
  readonly quietHours: string | null;
  readonly sendWindow: string | null;
  /** Mails per day. */
  readonly dailyCap: number | null;
  readonly sendAt: Instant | null;
  /** Is everyone mailed at their best hour? */
  readonly sendBest?: boolean;
  readonly experiment?: ExperimentDesign | null;
  /** Of 10,000. */
  readonly holdoutShare?: number | null;
  readonly allocation?: 'bandit' | null;
}

export interface CreateDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

/** A variant as it will be mailed. */
export interface CreatedVariant {
  readonly name: string;
  readonly subject: string;
  readonly preheader: string;
  readonly template: TemplateVersion;
}

export interface CreatedCampaign {
  readonly campaign: string;
  readonly status: 'draft';
  readonly contest: string;
  readonly template: TemplateVersion;
  readonly variants: readonly CreatedVariant[];
  readonly where: readonly string[];
  readonly rate: number | null;
  readonly quiet_hours: string | null;
  readonly send_window: string | null;
  readonly daily_cap: number | null;
  /** `best`: everyone at their best hour. */
  readonly send_at: Instant | 'best' | null;
  readonly experiment: ExperimentDesign | null;
  readonly experiment_sha256: string | null;
  /** `5%`. */
  readonly holdout: string | null;
  readonly allocate: 'bandit' | 'equal';
}

/**
 * Creates a campaign over a version of a template that is kept for it. Every subject is compiled with the template, so
 * that an unknown slot is refused here and not when mailing. Throws `usage`, `not_found`, `already_exists`, `input_unusable`.
 */
export async function createCampaign(
  campaign: NewCampaign,
  { database, clock, run, dryRun }: CreateDependencies,
): Promise<CreatedCampaign> {
  const { slug, experiment = null, holdoutShare = null, allocation = null, sendBest = false } = campaign;
  const experiment_sha256 = experiment === null ? null : hashDesign(experiment);
  assertSlug(slug);
  for (const where of campaign.where.flatMap((text) => splitConditions(text, customerFields))) {
    parseWhere(where, customerFields);
  }
  return database.transaction(
    async (trx) => {
      if ((await findCampaign(trx, slug)) !== undefined) throw alreadyExists(slug);
      const contest = await getContest(trx, campaign.contest);
      if (contest.status === 'cancelled') throw cancelledContest(contest.slug);
      const found = await getTemplate(trx, campaign.template);
      const saved = await saveTemplate(trx, clock, found);
      const template = { name: found.name, version: saved.version, sha256: saved.sha256 };
      const { stored, variants } = await keepVariants(trx, clock, campaign, found, template);
      await insertCampaign(trx, {
        slug,
        contest_id: contest.id,
        template_id: saved.id,
        status: 'draft',
        subject: campaign.subject,
        audience: canonicalJson(campaign.where),
        variants: canonicalJson(stored),
        rate_per_second: campaign.rate,
        quiet_hours: campaign.quietHours,
        send_window: campaign.sendWindow,
        daily_cap: campaign.dailyCap,
        send_at: campaign.sendAt,
        send_best: sendBest ? 1 : null,
        experiment: experiment === null ? null : canonicalJson(experiment),
        experiment_sha256,
        holdout_share: holdoutShare,
        allocation,
        created_at: clock.now(),
      });
      await appendAudit(trx, clock, run, {
        action: 'campaign.created',
        subject: slug,
        details: {
          ...{ contest: contest.slug, template, variants: variants.map((variant) => variant.name) },
          ...(experiment_sha256 === null ? {} : { experiment_sha256 }),
        },
      });
      return {
        campaign: slug,
        status: 'draft' as const,
        contest: contest.slug,
        template,
        variants,
        where: campaign.where,
        rate: campaign.rate,
        quiet_hours: campaign.quietHours,
        send_window: campaign.sendWindow,
        daily_cap: campaign.dailyCap,
        send_at: sendBest ? ('best' as const) : campaign.sendAt,
        ...{ experiment, experiment_sha256, allocate: allocation ?? ('equal' as const) },
        holdout: holdoutShare === null ? null : formatHoldout(holdoutShare),
      };
    },
    { rollback: dryRun },
  );
}

/** Compiles each variant as it will be mailed, and keeps the templates that are their own. */
async function keepVariants(
  trx: Queries,
  clock: Clock,
  campaign: NewCampaign,
  found: FoundTemplate,
  template: TemplateVersion,
): Promise<{ readonly stored: readonly Variant[]; readonly variants: readonly CreatedVariant[] }> {
  const stored: Variant[] = [];
  const variants: CreatedVariant[] = [];
  for (const requested of campaign.variants) {
    const own =
      typeof requested.template === 'string' ? await keepTemplate(trx, clock, requested.template) : undefined;
    const variant = variantOf(requested, own?.template);
    const wording = wordingOf(variant, campaign.subject, own?.found ?? found);
    await compileMessage(own?.found ?? found, wording);
    stored.push(variant);
    variants.push({ name: variant.name, ...wording, template: variant.template ?? template });
  }
  return { stored, variants };
}

async function keepTemplate(
  trx: Queries,
  clock: Clock,
  nameOrFile: string,
): Promise<{ readonly found: FoundTemplate; readonly template: TemplateVersion }> {
  const found = await getTemplate(trx, nameOrFile);
  const { version, sha256 } = await saveTemplate(trx, clock, found);
  return { found, template: { name: found.name, version, sha256 } };
}

// Only what differs is stored: the plans of campaigns from before keep their digests.
function variantOf(
  { name, subject, preheader = null }: RequestedVariant,
  template: TemplateVersion | undefined,
): Variant {
  return {
    name,
    subject,
    ...(preheader === null ? {} : { preheader }),
    ...(template === undefined ? {} : { template }),
  };
}

function assertSlug(slug: string): void {
  if (isCampaignSlug(slug)) return;
  throw new ReferralError('usage', `"${slug}" can't be the name of a campaign`, {
    hint: 'Use lower-case letters, digits and hyphens, such as summer-launch.',
  });
}

function alreadyExists(slug: string): ReferralError {
  return new ReferralError('already_exists', `There is a campaign "${slug}" already`, {
    hint: `See it: referral campaigns show ${slug}; or choose another name.`,
    details: { campaign: slug },
  });
}

function cancelledContest(contest: string): ReferralError {
  return new ReferralError('state_forbids', `contest "${contest}" is cancelled`, {
    hint: 'Choose a contest that runs: referral contests list',
    details: { contest },
  });
}
