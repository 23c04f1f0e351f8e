import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { releaseMemory } from '../collect-garbage.ts';
import { type Contest, getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { readAhead } from '../database/read-ahead.ts';
import { openVolumePlanner, type PlannedVolume } from '../limits/plan-volume.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import type { Config } from '../settings/config.ts';
import type { Keyring } from '../settings/keyring.ts';
import { getSetting } from '../settings/settings.ts';
import { openSuppressedFinder } from '../suppressions/find-suppressed.ts';
import { STAND_IN_TOKEN } from '../suppressions/unsubscribe-token.ts';
import { findAsked } from '../templates/asked-segments.ts';
import { createMailMeter } from '../templates/measure-mail.ts';
import type { RecipientColumn } from '../templates/recipient-columns.ts';
import { createRecipientReader } from '../templates/recipient-values.ts';
import { listKnownSegments } from '../templates/segment-values.ts';
import { assignVariant } from './assign-variant.ts';
import {
  type AudienceMember,
  countAudience,
  listSharedAddressKeys,
  openAudiencePages,
} from './audience-queries.ts';
import { type Campaign, type TemplateVersion, UNDRAWN } from './campaign.ts';
import { checkExperiment } from './check-experiment.ts';
import { checkSegments } from './check-segments.ts';
import { type BlockCounts, createBlockCounter, type PlannedBlock } from './count-blocks.ts';
import { type AudienceScope, type Decision, decidePage, type PlannedRecipient } from './decide-page.ts';
import { type CampaignMessages, loadCampaignMessages, variablesOf } from './load-campaign-messages.ts';
import { createPlanBuilder, type ExclusionReason, type PlanBasis, type PlanTotals } from './plan.ts';
import { planBasis } from './plan-basis.ts';
import type { PlanCheck } from './plan-check.ts';
import { checkPlan } from './plan-checks.ts';
import { computeCost, type PlanCost } from './plan-cost.ts';
import { createExtremeFinder } from './plan-extremes.ts';
import { createFindings } from './plan-findings.ts';
import { type PlanSample, renderSamples } from './plan-samples.ts';

export interface PlanDependencies {
  readonly clock: Clock;
  readonly config: Config;
  readonly keyring: Keyring;
  /** How many people were decided about, of how many. */
  readonly onProgress?: OnProgress | undefined;
}

/** Who goes by while a plan is made, in the order of `customer_id`. */
export interface PlanObserver {
  /** The recipients of a page, to be frozen. */
  readonly onRecipients?: (recipients: readonly PlannedRecipient[]) => Promise<void>;
  /** The customers of a page who are held out, to be frozen. */
  readonly onHeldOut?: (customerRefs: readonly number[]) => Promise<void>;
  /** Everyone of the audience, once. */
  readonly onPerson?: (customerId: string, outcome: PlannedRecipient | ExclusionReason) => void;
}

export interface Plan extends PlanTotals, PlannedVolume {
  readonly campaign: string;
  readonly template: TemplateVersion;
  /** The parts of the mail that are chosen by segments or scores, and how many get what. */
  readonly blocks: readonly PlannedBlock[];
  /** Null while the setting `campaigns.price_per_thousand` is not set. */
  readonly cost: PlanCost | null;
  readonly checks: readonly PlanCheck[];
  /** The mails of those whom the template is most likely to fail for, rendered. */
  readonly samples: readonly PlanSample[];
  /** What the digest binds beside the people. */
  readonly basis: PlanBasis;
}

// Small enough for what a page needs to be gone before the garbage collector takes it for lasting. A server is asked less often: each question travels; and it
// reads on while this process decides.
const PAGES = { sqlite: { size: 250, ahead: 0 }, postgres: { size: 1_000, ahead: 2 } };
// What has come from the server is looked at in between, so that it is asked for more.
const DECISIONS_OF_TURN = 250;
// Of people: what compiling templates and what so many people leave behind is some 80 MB.
const RELEASED_EVERY = 250_000;

/**
 * Who would be mailed now and why the others would not. Sending freezes the recipients as they go by, which makes plan
 * and mailing one and the same code.
 */
export async function planCampaign(
  queries: Queries,
  campaign: Campaign,
  { clock, config, keyring, onProgress }: PlanDependencies,
  observer: PlanObserver = {},
): Promise<Plan> {
  const contest = await getContest(queries, campaign.contest);
  const messages = await loadCampaignMessages(queries, campaign);
  const basis = planBasis(campaign, contest, messages.template, config);
  const builder = createPlanBuilder(basis);
  const findings = createFindings();
  const blockCounter = createBlockCounter(messages);
  const zones = { timezone: contest.timezone, dayTimezone: config.timezone };
  const volume = await openVolumePlanner(queries, campaign, clock.milliseconds(), zones);
  const scope = {
    ...(await openScope(queries, campaign, contest, messages, config, keyring)),
    findMailedOften: (keys: readonly string[]) => volume.findMailedOften(keys),
  };
  const variables = variablesOf(messages.byVariant.values());
  const extremes = createExtremeFinder(variables);
  const note = (decision: Decision): void => {
    const customerId = decision.customer_id;
    observer.onPerson?.(customerId, 'reason' in decision ? decision.reason : decision.recipient);
    if ('reason' in decision) {
      builder.exclude(customerId, decision.reason);
      if (decision.missing !== undefined) findings.addMissing(customerId, decision.missing);
      return;
    }
    const { recipient, values, size } = decision;
    builder.include(customerId, recipient.address_key, recipient.variant, recipient.chosen_by);
    blockCounter.add(recipient.variant, values);
    volume.add(recipient.address_key);
    findings.addMail(customerId, size);
    extremes.look(showable(campaign, customerId, recipient), customerId, values, size.html);
  };
  const { readPage, count } = await openAudience(queries, campaign, contest, clock, scope.reader.columns);
  const people = onProgress === undefined ? 0 : await count();
  const { size, ahead } = PAGES[engineOf(queries)];
  const readAfter = async (last: readonly AudienceMember[] | undefined) => {
    if (last !== undefined && last.length < size) return undefined;
    const page = await readPage(last?.at(-1)?.customer_id ?? '');
    return page.length === 0 ? undefined : page;
  };
  let seen = 0;
  for await (const page of readAhead(readAfter, ahead)) {
    seen += page.length;
    const frozen = await noteAll(await decidePage(queries, page, scope), note);
    if (frozen.recipients.length > 0) await observer.onRecipients?.(frozen.recipients);
    if (frozen.heldOut.length > 0) await observer.onHeldOut?.(frozen.heldOut);
    if (seen % RELEASED_EVERY === 0) releaseMemory();
    await tellProgress(onProgress, seen, people);
  }
  const totals = builder.finish();
  const counts = blockCounter.finish();
  const samples = renderSamples(extremes.list(), messages);
  const price = await getSetting(queries, 'campaigns.price_per_thousand');
  const checks = [
    ...(await checkPlan({
      unknownClasses: volume.unknownClasses,
      ...{ slug: campaign.slug, messages, config, contest, now: clock.now(), totals, samples },
      findings: findings.finish(),
      allowsMissing: await getSetting(queries, 'campaigns.allow_missing_values'),
    })),
    ...(await checkAsked(queries, variables, counts, clock)),
    ...checkExperiment(campaign, totals.recipients),
  ];
  return {
    campaign: campaign.slug,
    ...totals,
    template: messages.template,
    blocks: counts.blocks,
    ...volume.finish(),
    cost: price === null ? null : computeCost(totals.recipients, price, config.currency),
    checks,
    samples,
    basis,
  };
}

async function checkAsked(
  queries: Queries,
  variables: readonly string[],
  counts: BlockCounts,
  clock: Clock,
): Promise<readonly PlanCheck[]> {
  const asked = findAsked(variables);
  return asked === undefined
    ? []
    : checkSegments(asked, await listKnownSegments(queries), counts, clock.now());
}

async function openScope(
  queries: Queries,
  campaign: Campaign,
  contest: Contest,
  messages: CampaignMessages,
  config: Config,
  keyring: Keyring,
): Promise<Omit<AudienceScope, 'findMailedOften'>> {
  const variables = variablesOf(messages.byVariant.values());
  const meters = new Map(
    [...messages.byVariant].map(([name, { program }]) => [name, createMailMeter(program)]),
  );
  return {
    campaign,
    findSuppressed: await openSuppressedFinder(queries, keyring),
    meters,
    // A plan signs no links: whoever opens one of its samples can't unsubscribe anybody.
    reader: createRecipientReader({
      ...{ contest, campaign: campaign.slug, config, keyring, variables },
      unsubscribeToken: STAND_IN_TOKEN,
    }),
    asksSegments: findAsked(variables) !== undefined,
    shared: await listSharedAddressKeys(queries),
    taken: new Set(),
  };
}

interface Audience {
  /** The page after that `customer_id`. */
  readonly readPage: (after: string) => Promise<readonly AudienceMember[]>;
  readonly count: () => Promise<number>;
}

async function openAudience(
  queries: Queries,
  campaign: Campaign,
  contest: Contest,
  clock: Clock,
  columns: readonly RecipientColumn[],
): Promise<Audience> {
  const { timezone } = contest;
  const condition = await compileWhere(queries, campaign.audience, customerFields, {
    now: clock.now(),
    timezone,
  });
  return {
    readPage: openAudiencePages(queries, {
      ...{ condition, contestId: contest.id, columns, limit: PAGES[engineOf(queries)].size },
    }),
    count: () => countAudience(queries, condition),
  };
}

/** Takes the decisions one after the other and keeps only who is to be frozen. */
async function noteAll(
  decisions: Iterable<Decision>,
  note: (decision: Decision) => void,
): Promise<{ readonly recipients: readonly PlannedRecipient[]; readonly heldOut: readonly number[] }> {
  const recipients: PlannedRecipient[] = [];
  const heldOut: number[] = [];
  let taken = 0;
  for (const decision of decisions) {
    if (taken % DECISIONS_OF_TURN === 0) await setImmediate();
    taken += 1;
    note(decision);
    if (!('reason' in decision)) recipients.push(decision.recipient);
    else if (decision.customer_ref !== undefined) heldOut.push(decision.customer_ref);
  }
  return { recipients, heldOut };
}

// What a bandit has not drawn yet is looked at in all variants, one each.
function showable(
  { slug, variants }: Campaign,
  customerId: string,
  recipient: PlannedRecipient,
): PlannedRecipient {
  if (recipient.variant !== UNDRAWN) return recipient;
  const variant = variants[assignVariant(slug, customerId, variants.length)]?.name ?? UNDRAWN;
  return { ...recipient, variant };
}
