import { assertSendable } from '../campaigns/assert-sendable.ts';
import { getCampaign } from '../campaigns/get-campaign.ts';
import { planCampaign } from '../campaigns/plan-campaign.ts';
import type { Queries } from '../database/database.ts';
import { assertClock } from '../delivery/assert-clock.ts';
import { TRANSPORT_NAMES } from '../delivery/create-transport.ts';
import { type SendResult, sendCampaign } from '../delivery/send-campaign.ts';
import type { TransportName } from '../delivery/transport.ts';
import { ReferralError } from '../errors.ts';
import { isFlagOn } from '../settings/flags.ts';
import { assertNotQuarantined } from '../settings/quarantine.ts';
import { getSetting } from '../settings/settings.ts';
import type { Instant } from '../time.ts';
import type { JobContext, JobOutcome } from './job-work.ts';
import { scheduleCampaign } from './schedule-campaign.ts';
import { type DueCampaign, listApprovedDue, listScheduledDue } from './schedule-queries.ts';

// A retry after a temporary refusal is waited for; quiet hours are left to the next run.
const PATIENCE_MS = 300_000;
const CONCURRENCY = 4;
const BATCH_SIZE = 100;

/** Is there anything to send, and may it be? Asked every five minutes, so that a quiet night leaves no records. */
export async function hasDueCampaigns(queries: Queries, now: Instant): Promise<boolean> {
  if (!(await isFlagOn(queries, 'outgoing'))) return false;
  return (
    (await listScheduledDue(queries, now)).length > 0 || (await listApprovedDue(queries, now)).length > 0
  );
}

/**
 * Sends what operators have armed, and nothing else: campaigns whose recipients `campaigns schedule` has frozen, and
 * approved ones whose `send_at` has come. An approved one that was submitted is sent as that plan or not at all; one that was
 * approved without a plan, to no more people than `confirm_above`. Throws the first failure when everything else was tried.
 */
export async function sendDueCampaigns(context: JobContext): Promise<JobOutcome> {
  const { database, clock, dryRun } = context;
  await assertNotQuarantined(database.queries);
  await assertClock(database, clock);
  const now = clock.now();
  const failures: ReferralError[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ReferralError) || error.code === 'time_limit') throw error;
      failures.push(error);
      return undefined;
    }
  };
  const approved = await listApprovedDue(database.queries, now);
  for (const campaign of approved) await attempt(() => arm(context, campaign));
  const campaigns: Record<string, unknown>[] = [];
  let partial = false;
  // Those armed just now are due from just now on.
  for (const campaign of dryRun ? [] : await listScheduledDue(database.queries, clock.now())) {
    if (context.signal.aborted) break;
    const sent = await attempt(() => send(context, campaign));
    if (sent === undefined) continue;
    const { pending, accepted, refused, in_doubt, skipped, status } = sent;
    campaigns.push({ campaign: campaign.slug, status, pending, accepted, refused, in_doubt, skipped });
    partial ||= refused + in_doubt > 0;
    if (sent.failure !== undefined) failures.push(sent.failure);
  }
  const [first] = failures;
  if (first !== undefined) throw first;
  if (!dryRun) return { summary: { campaigns }, partial };
  const scheduled = await listScheduledDue(database.queries, now);
  return { summary: { would_send: [...approved, ...scheduled].map(({ slug }) => slug) } };
}

/** Freezes the recipients of an approved campaign, and puts on record that the jobs may go on with it. */
async function arm(context: JobContext, { slug, transport }: DueCampaign): Promise<void> {
  const { database, clock, config, keyring, run, dryRun } = context;
  const campaign = await getCampaign(database.queries, slug);
  const digest = campaign.plan_digest ?? (await planWithinLimit(context, slug));
  const name = await chooseTransport(context, transport);
  await scheduleCampaign(
    slug,
    { digest, transport: name, dryRun },
    { database, clock, config, keyring, run },
  );
}

async function planWithinLimit(context: JobContext, slug: string): Promise<string> {
  const { database, clock, config, keyring } = context;
  const campaign = await getCampaign(database.queries, slug);
  const plan = await planCampaign(database.queries, campaign, { clock, config, keyring });
  assertSendable(plan);
  const most = await getSetting(database.queries, 'confirm_above');
  if (plan.recipients <= most) return plan.digest;
  throw new ReferralError('confirmation_needed', `campaign "${slug}" would go to ${plan.recipients} people`, {
    reason: `it was approved without a plan, which does for ${most} people at most`,
    hint: `Look at its plan, then: referral campaigns schedule ${slug} --plan DIGEST`,
    details: { campaign: slug, recipients: plan.recipients },
  });
}

/** The campaign's own transport, else that of the setting, else the outbox where there is nothing else. */
export async function chooseTransport(
  { database, hasProvider }: Pick<JobContext, 'database' | 'hasProvider'>,
  transport: string | null,
): Promise<TransportName> {
  const wanted = transport ?? (await getSetting(database.queries, 'jobs.transport'));
  const known = TRANSPORT_NAMES.find((name) => name === wanted);
  if (known !== undefined) return known;
  if (!hasProvider) return 'outbox';
  throw new ReferralError('state_forbids', 'It is not said how the mails of scheduled campaigns leave', {
    reason: 'a provider is set up, but mails leave by the outbox unless somebody says otherwise',
    hint: 'Say it: referral settings set jobs.transport smtp (or sendgrid, or outbox)',
  });
}

async function send(context: JobContext, { slug, transport: name }: DueCampaign): Promise<SendResult> {
  const { database, clock, random, keyring, config, run, signal, sleep, host, processId } = context;
  const transport = await context.openTransport(await chooseTransport(context, name));
  try {
    return await sendCampaign(
      slug,
      {
        concurrency: transport.name === 'smtp' ? 1 : CONCURRENCY,
        batchSize: BATCH_SIZE,
        patienceMs: PATIENCE_MS,
      },
      { database, clock, random, keyring, config, run, signal, sleep, transport, host, processId },
    );
  } finally {
    await transport.close();
  }
}
