import type { Run } from '../../core/audit/run.ts';
import { assertSendable } from '../../core/campaigns/assert-sendable.ts';
import type { Campaign } from '../../core/campaigns/campaign.ts';
import { planCampaign } from '../../core/campaigns/plan-campaign.ts';
import type { Database } from '../../core/database/database.ts';
import { assertClock } from '../../core/delivery/assert-clock.ts';
import { countCampaign } from '../../core/delivery/count-campaign.ts';
import type { HoldReason } from '../../core/delivery/open-buckets.ts';
import { sleep } from '../../core/delivery/pace.ts';
import { type SendResult, sendCampaign } from '../../core/delivery/send-campaign.ts';
import {
  assertSamePlan,
  assertStartable,
  isFrozen,
  startCampaign,
} from '../../core/delivery/start-campaign.ts';
import type { Transport, TransportName } from '../../core/delivery/transport.ts';
import { ReferralError } from '../../core/errors.ts';
import type { Keyring } from '../../core/settings/keyring.ts';
import { assertNotQuarantined } from '../../core/settings/quarantine.ts';
import { getSetting } from '../../core/settings/settings.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result } from '../_runtime/result.ts';
import { showProgress } from '../_runtime/show-progress.ts';
import { showPlanning } from './show-planning.ts';

export interface SendInput {
  readonly slug: string;
  readonly plan?: string | undefined;
  readonly rate?: number | undefined;
  readonly concurrency: number;
  readonly batchSize: number;
  readonly limit?: number | undefined;
  readonly maxErrors?: number | undefined;
  readonly wait: boolean;
}

// A retry after a temporary refusal is waited for, a night is not.
const PATIENCE_MS = 300_000;

/** The whole of `campaigns send`: checks, confirmation, freezing, the loop, and what to say at the end. */
export async function runSend(
  context: Context,
  database: Database,
  run: Run,
  campaign: Campaign,
  input: SendInput,
  transport: Transport,
): Promise<Result> {
  const { clock, globals } = context;
  const config = await context.config();
  const keyring = await context.keyring(database);
  await assertNotQuarantined(database.queries);
  await assertClock(database, clock);
  assertStartable(campaign, await getSetting(database.queries, 'campaigns.require_approval'));
  if (!input.wait) assertDue(campaign, clock.now());
  if (campaign.status === 'sent' || globals.dryRun) {
    return await describeOnly(context, database, campaign, input.plan, transport.name, keyring);
  }
  const digest = await agree(context, database, campaign, input.plan, transport.name, keyring);
  if (input.wait) await waitForSendAt(context, campaign);
  const start = { digest, transport: transport.name, dryRun: false };
  await showPlanning(context, (planning) =>
    startCampaign(campaign.slug, start, { database, clock, config, keyring, run, ...planning }),
  );
  const { pending } = await countCampaign(database.queries, campaign.id);
  const expected = Math.min(pending, input.limit ?? pending);
  const result = await showProgress(context, `sending ${campaign.slug}`, (onProgress) =>
    sendCampaign(
      campaign.slug,
      {
        // With SMTP the connections of one batch are what works in parallel.
        concurrency: transport.name === 'smtp' ? 1 : input.concurrency,
        batchSize: input.batchSize,
        rate: input.rate,
        limit: input.limit,
        maxErrors: input.maxErrors,
        patienceMs: input.wait ? Number.POSITIVE_INFINITY : PATIENCE_MS,
      },
      {
        ...{ database, clock, keyring, config, run, sleep, transport },
        random: context.random,
        signal: context.signal,
        host: context.process.host,
        processId: context.process.id,
        onProgress: (handled) => onProgress(handled, expected),
      },
    ),
  );
  return conclude(context, result);
}

/** The digest that the operator agrees to: given with `--plan`, or that of the plan that is confirmed now. */
async function agree(
  context: Context,
  database: Database,
  campaign: Campaign,
  digest: string | undefined,
  transport: TransportName,
  keyring: Keyring,
): Promise<string> {
  const { slug } = campaign;
  if (isFrozen(campaign)) {
    if (digest !== undefined) assertSamePlan(campaign, digest);
    else {
      const { pending } = await countCampaign(database.queries, campaign.id);
      await context.confirm({
        question: `Go on with "${slug}": ${pending} pending, by ${transport}?`,
        name: slug,
      });
    }
    return campaign.plan_digest ?? '';
  }
  if (digest !== undefined) return digest;
  const dependencies = { clock: context.clock, config: await context.config(), keyring };
  const plan = await showPlanning(context, (planning) =>
    planCampaign(database.queries, campaign, { ...dependencies, ...planning }),
  );
  assertSendable(plan);
  const question = `Send "${slug}" to ${plan.recipients} people by ${transport}?`;
  await context.confirm({ question, name: slug, people: plan.recipients });
  return plan.digest;
}

/** What a send would do, or what a sent campaign has come to. */
async function describeOnly(
  context: Context,
  database: Database,
  campaign: Campaign,
  digest: string | undefined,
  transport: TransportName,
  keyring: Keyring,
): Promise<Result> {
  const { slug, status } = campaign;
  const dry_run = context.globals.dryRun;
  if (isFrozen(campaign)) {
    if (digest !== undefined) assertSamePlan(campaign, digest);
    const counts = await countCampaign(database.queries, campaign.id);
    const data = { campaign: slug, status, ...counts, rate: 0, duration_ms: 0, dry_run };
    return { kind: 'object', data, exitCode: counts.refused + counts.in_doubt > 0 ? 3 : 0 };
  }
  const config = await context.config();
  const dependencies = { database, clock: context.clock, config, keyring, run: { id: null, operator: '' } };
  const plan = await showPlanning(context, async (planning) => {
    const observed = { ...dependencies, ...planning };
    const wanted = digest ?? (await planCampaign(database.queries, campaign, observed)).digest;
    return startCampaign(slug, { digest: wanted, transport, dryRun: true }, observed);
  });
  const planned = plan?.recipients ?? 0;
  const none = { accepted: 0, refused: 0, in_doubt: 0, skipped: 0, rate: 0, duration_ms: 0 };
  return { kind: 'object', data: { campaign: slug, status, planned, pending: planned, ...none, dry_run } };
}

function assertDue({ slug, send_at }: Campaign, now: string): void {
  if (send_at === null || send_at <= now) return;
  throw new ReferralError('state_forbids', `campaign "${slug}" is to be sent at ${send_at}`, {
    hint: `Send it then, or wait for it: referral campaigns send ${slug} --wait`,
    details: { campaign: slug, send_at },
  });
}

async function waitForSendAt({ clock, signal, note }: Context, { send_at }: Campaign): Promise<void> {
  if (send_at === null || send_at <= clock.now()) return;
  note(`Waiting until ${send_at}.`);
  while (send_at > clock.now() && !signal.aborted) {
    await sleep(Math.min(Date.parse(send_at) - clock.milliseconds(), 60_000), signal);
  }
  if (signal.aborted)
    throw new ReferralError('interrupted', 'Interrupted before anything was sent', {
      hint: 'Run the same command again.',
    });
}

/** Why it ended, where that is no trouble. */
function noteOf({ end, status, pending, held_until, held_by }: SendResult, goOn: string): string | undefined {
  if (end === 'stopped') return `The campaign is ${status}: sending stopped.`;
  if (end === 'interrupted') return `Stopped; everything is accounted for. Go on with: ${goOn}`;
  if (end !== 'held') return undefined;
  const why = held_by === undefined ? '' : `${HELD_BY[held_by]}: `;
  return `${why}${pending} mails are held until ${held_until ?? 'later'}.`;
}

const HELD_BY: Readonly<Record<HoldReason, string>> = {
  rate: 'The rate is used up',
  campaign_daily_cap: 'The daily cap of the campaign is reached',
  account_daily_cap: 'The daily cap or warm-up volume of the account is reached',
};

function conclude(context: Context, result: SendResult): Result {
  const { end, failure, held_until, held_by, ...figures } = result;
  const goOn = `referral campaigns send ${result.campaign} --yes`;
  if (failure !== undefined) {
    throw new ReferralError(failure.code, failure.message, {
      ...(failure.reason === undefined ? {} : { reason: failure.reason }),
      ...(failure.hint === undefined ? {} : { hint: failure.hint }),
      details: { ...failure.details, ...figures },
    });
  }
  if (end === 'max_errors') context.warn('Too many mails were refused: the campaign is paused.');
  const note = noteOf(result, goOn);
  if (note !== undefined) context.note(note);
  const next = [
    ...(result.in_doubt > 0 ? [`referral campaigns show ${result.campaign}`] : []),
    ...(result.pending > 0 && end !== 'max_errors'
      ? [goOn]
      : [`referral campaigns status ${result.campaign}`]),
  ];
  const held = { held_until: held_until ?? null, held_by: held_by ?? null };
  const data = { ...figures, ...held, dry_run: false };
  return { kind: 'object', data, exitCode: result.refused + result.in_doubt > 0 ? 3 : 0, next };
}
