import type { Clock } from '../clock.ts';
import { type Contest, getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import type { Config } from '../settings/config.ts';
import type { Keyring } from '../settings/keyring.ts';
import { findSuppressed } from '../suppressions/find-suppressed.ts';
import { missingVariables } from '../templates/message-program.ts';
import { createValuesLoader, type LoadValues } from '../templates/recipient-values.ts';
import { assignVariant } from './assign-variant.ts';
import { type AudienceMember, listAudiencePage, listSharedAddressKeys } from './audience-queries.ts';
import type { Campaign } from './campaign.ts';
import { type CampaignMessages, loadCampaignMessages, variablesOf } from './load-campaign-messages.ts';
import { createPlanBuilder, type ExclusionReason, type PlanBasis, type PlanTotals } from './plan.ts';
import { checkPlan, type PlanCheck } from './plan-checks.ts';

export interface PlanDependencies {
  readonly clock: Clock;
  readonly config: Config;
  readonly keyring: Keyring;
}

/** Someone who would be mailed. */
export interface PlannedRecipient {
  readonly customer_ref: number;
  readonly email: string;
  readonly address_key: string;
  readonly variant: string;
}

export interface Plan extends PlanTotals {
  readonly campaign: string;
  readonly template: { readonly name: string; readonly version: number; readonly sha256: string };
  /** Under the campaign's rate; without one at 1,000 mails a second. */
  readonly estimated_seconds: number;
  readonly checks: readonly PlanCheck[];
}

const PAGE = 5_000;
const RATE_WITHOUT_LIMIT = 1_000;

/**
 * Who would be mailed now and why the others would not. `onRecipients` gets the recipients page by page, in the order
 * of `customer_id`: sending freezes them so, which makes plan and mailing one and the same code.
 */
export async function planCampaign(
  queries: Queries,
  campaign: Campaign,
  { clock, config, keyring }: PlanDependencies,
  onRecipients?: (recipients: readonly PlannedRecipient[]) => Promise<void>,
): Promise<Plan> {
  const contest = await getContest(queries, campaign.contest);
  const messages = await loadCampaignMessages(queries, campaign);
  const { timezone } = contest;
  const condition = await compileWhere(queries, campaign.audience, customerFields, {
    now: clock.now(),
    timezone,
  });
  const builder = createPlanBuilder(basisOf(campaign, contest, messages, config));
  const shared = await listSharedAddressKeys(queries);
  const taken = new Set<string>();
  const variables = variablesOf(messages.byVariant.values());
  const loadValues = createValuesLoader({ contest, campaign: campaign.slug, config, keyring, variables });
  const scope = { campaign, messages, keyring, loadValues, shared, taken };
  let missing: ReadonlySet<string> = new Set();
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: readonly AudienceMember[] = await listAudiencePage(queries, {
      condition,
      contestId: contest.id,
      after,
      limit: PAGE,
    });
    const sorted = await sortPage(queries, page, scope);
    missing = missing.union(sorted.missingVariables);
    const recipients: PlannedRecipient[] = [];
    for (const member of page) {
      const decision = sorted.decisions.get(member.id);
      if (typeof decision === 'string') builder.exclude(member.customer_id, decision);
      else if (decision !== undefined) {
        builder.include(member.customer_id, decision.address_key, decision.variant);
        recipients.push(decision);
      }
    }
    if (recipients.length > 0) await onRecipients?.(recipients);
    after = page.length < PAGE ? undefined : page.at(-1)?.customer_id;
  }
  const totals = builder.finish();
  const rate = campaign.rate_per_second ?? RATE_WITHOUT_LIMIT;
  return {
    campaign: campaign.slug,
    ...totals,
    template: messages.template,
    estimated_seconds: Math.ceil(totals.recipients / rate),
    checks: checkPlan({ messages, config, contest, totals, missingVariables: [...missing].sort() }),
  };
}

interface Scope {
  readonly campaign: Campaign;
  readonly messages: CampaignMessages;
  readonly keyring: Keyring;
  readonly loadValues: LoadValues;
  /** Address keys that several customers have. */
  readonly shared: ReadonlySet<string>;
  /** Those of them that somebody has been included with. */
  readonly taken: Set<string>;
}

interface SortedPage {
  readonly decisions: ReadonlyMap<number, PlannedRecipient | ExclusionReason>;
  readonly missingVariables: ReadonlySet<string>;
}

async function sortPage(
  queries: Queries,
  page: readonly AudienceMember[],
  scope: Scope,
): Promise<SortedPage> {
  const { campaign, keyring, messages } = scope;
  const decisions = new Map<number, PlannedRecipient | ExclusionReason>();
  const keys = page.flatMap((member) => (member.address_key === null ? [] : [member.address_key]));
  const suppressed = await findSuppressed(queries, keyring, keys);
  const candidates: { member: AudienceMember; recipient: PlannedRecipient }[] = [];
  for (const member of page) {
    const candidate = judge(member, suppressed, campaign);
    if (typeof candidate === 'string') decisions.set(member.id, candidate);
    else candidates.push({ member, recipient: candidate });
  }
  const customerRefs = candidates.map(({ member }) => member.id);
  const values = await scope.loadValues(queries, customerRefs);
  const missing = new Set<string>();
  for (const { member, recipient } of candidates) {
    const program = messages.byVariant.get(recipient.variant)?.program;
    const own = values.get(member.id);
    const absent =
      program === undefined || own === undefined ? ['customer_id'] : missingVariables(program, own);
    for (const name of absent) missing.add(name);
    decisions.set(member.id, admit(recipient, absent.length > 0, scope));
  }
  return { decisions, missingVariables: missing };
}

/** What can be told from the customer alone. The first reason counts: someone who unsubscribed is `suppressed`. */
function judge(
  member: AudienceMember,
  suppressed: ReadonlySet<string>,
  campaign: Campaign,
): PlannedRecipient | ExclusionReason {
  const { email, address_key, consent } = member;
  if (member.erased_at !== null) return 'erased';
  if (email === null || address_key === null) return 'invalid_address';
  if (suppressed.has(address_key)) return 'suppressed';
  if (consent === 'withdrawn') return 'withdrawn';
  if (consent !== 'granted') return 'no_consent';
  if (member.is_participant === 0) return 'not_participant';
  const index = assignVariant(campaign.slug, member.customer_id, campaign.variants.length);
  const variant = campaign.variants[index]?.name ?? '';
  return { customer_ref: member.id, email, address_key, variant };
}

// Of several customers with one mailbox, the first by customer_id who can be mailed is.
function admit(
  recipient: PlannedRecipient,
  isIncomplete: boolean,
  { shared, taken }: Scope,
): PlannedRecipient | ExclusionReason {
  if (taken.has(recipient.address_key)) return 'duplicate_address';
  if (isIncomplete) return 'missing_value';
  if (shared.has(recipient.address_key)) taken.add(recipient.address_key);
  return recipient;
}

function basisOf(
  campaign: Campaign,
  contest: Contest,
  { template }: CampaignMessages,
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
