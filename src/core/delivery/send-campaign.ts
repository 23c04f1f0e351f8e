import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { getCampaign } from '../campaigns/get-campaign.ts';
import { loadCampaignMessages, variablesOf } from '../campaigns/load-campaign-messages.ts';
import type { DeliveryTotals } from '../campaigns/total-deliveries.ts';
import type { Clock } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Database } from '../database/database.ts';
import { getInstanceId } from '../database/instance-id-queries.ts';
import type { ReferralError } from '../errors.ts';
import type { Random } from '../random.ts';
import type { Config } from '../settings/config.ts';
import type { Keyring } from '../settings/keyring.ts';
import { findAsked } from '../templates/asked-segments.ts';
import { createValuesLoader } from '../templates/recipient-values.ts';
import type { Instant } from '../time.ts';
import { saveBucketRate } from './bucket-queries.ts';
import { countCampaign } from './count-campaign.ts';
import { finishCampaign, pauseSending } from './delivery-queries.ts';
import { createFrozenLoader } from './frozen-segments.ts';
import type { LoopEnd } from './loop-state.ts';
import { campaignBucket } from './open-buckets.ts';
import type { Sleep } from './pace.ts';
import { recoverSenders, settleByEvidence } from './recover-senders.ts';
import { type LoopResult, runSendLoop } from './send-loop.ts';
import { registerSender } from './sender.ts';
import { listOpenSenders } from './sender-queries.ts';
import type { Transport } from './transport.ts';
import { openVariantDraw } from './variant-draw.ts';

export interface SendOptions {
  readonly concurrency: number;
  readonly batchSize: number;
  /** Mails per second, for everyone who sends this campaign. */
  readonly rate?: number | undefined;
  readonly limit?: number | undefined;
  readonly maxErrors?: number | undefined;
  readonly patienceMs: number;
}

export interface SendDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly keyring: Keyring;
  readonly config: Config;
  readonly run: Run;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  readonly transport: Transport;
  readonly host: string;
  readonly processId: number;
  /** Is the time that of the database's server? By default on PostgreSQL, where senders can be on several machines. */
  readonly followsServer?: boolean;
  readonly onProgress?: (handled: number) => void;
}

export interface SendResult extends DeliveryTotals {
  readonly campaign: string;
  readonly status: Campaign['status'];
  /** Mails accepted per second by this process. */
  readonly rate: number;
  readonly duration_ms: number;
  readonly end: LoopEnd;
  readonly held_until: Instant | undefined;
  /** The limit that holds them, if it is one. */
  readonly held_by: LoopResult['heldBy'];
  /** Why sending had to stop; everything is accounted for all the same. */
  readonly failure: ReferralError | undefined;
}

/**
 * Sends what is pending of a campaign whose recipients are frozen, beside whoever else sends it. Accounts for every
 * recipient, also when the provider or the database fails, and gives the failure in the result.
 */
export async function sendCampaign(
  slug: string,
  options: SendOptions,
  dependencies: SendDependencies,
): Promise<SendResult> {
  const { database, clock, transport, host, processId } = dependencies;
  const startedAt = clock.milliseconds();
  const campaign = await getCampaign(database.queries, slug);
  await recoverSenders(database, clock, undefined);
  await settleByEvidence(database, clock, campaign, transport, host);
  await setRate(database, campaign, options.rate);
  const sender = await registerSender(database, clock, {
    campaign_id: campaign.id,
    transport: transport.name,
    target: transport.target,
    host,
    process_id: processId,
  });
  const loop = await (async () => {
    try {
      const context = await loadLoopContext(campaign, dependencies);
      return await runSendLoop({
        ...dependencies,
        ...options,
        ...context,
        campaign,
        sender,
        dayTimezone: dependencies.config.timezone,
        followsServer: dependencies.followsServer ?? database.engine === 'postgres',
        limit: options.limit,
        maxErrors: options.maxErrors,
      });
    } finally {
      await sender.close();
    }
  })();
  if (loop.end === 'max_errors') await pauseSending(database.queries, campaign.id);
  await finishCampaign(database.queries, campaign.id, clock.now());
  const counts = await countCampaign(database.queries, campaign.id);
  const { status } = await getCampaign(database.queries, slug);
  await recordSending(dependencies, slug, { ...counts, end: loop.end });
  const duration = clock.milliseconds() - startedAt;
  return {
    campaign: slug,
    status,
    ...counts,
    rate: duration > 0 ? Math.round((loop.accepted / duration) * 10_000) / 10 : loop.accepted,
    duration_ms: duration,
    end: loop.end,
    held_until: loop.heldUntil,
    held_by: loop.heldBy,
    failure: loop.failure,
  };
}

/** The rate that is asked for now, else the one that others send with now, else the campaign's own. */
async function setRate({ queries }: Database, campaign: Campaign, rate: number | undefined): Promise<void> {
  const name = campaignBucket(campaign.id);
  if (rate !== undefined) return saveBucketRate(queries, name, rate);
  const others = (await listOpenSenders(queries)).some((sender) => sender.campaign_id === campaign.id);
  if (others) return;
  await saveBucketRate(queries, name, campaign.rate_per_second ?? 0);
}

async function loadLoopContext(campaign: Campaign, { database, clock, config, keyring }: SendDependencies) {
  const { queries } = database;
  const contest = await getContest(queries, campaign.contest);
  const { byVariant } = await loadCampaignMessages(queries, campaign);
  const variables = variablesOf(byVariant.values());
  const asked = findAsked(variables);
  const load = createValuesLoader({
    contest,
    campaign: campaign.slug,
    config,
    keyring,
    variables,
    segments: asked === undefined ? undefined : createFrozenLoader(campaign.id, asked),
  });
  return {
    messages: byVariant,
    timezone: contest.timezone,
    variantDraw: await openVariantDraw(campaign, queries, clock, config.unsubscribe.base_url),
    instanceId: await getInstanceId(queries),
    loadValues: (customerRefs: readonly number[]) => load(queries, customerRefs),
  };
}

async function recordSending(
  { database, clock, run }: SendDependencies,
  campaign: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await database.transaction((trx) =>
    appendAudit(trx, clock, run, { action: 'campaign.sent', subject: campaign, details }),
  );
}
