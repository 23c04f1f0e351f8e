import type { Campaign } from '../campaigns/campaign.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { CampaignStatus } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';
import { parseSendHours } from '../limits/send-hours.ts';
import type { Keyring } from '../settings/keyring.ts';
import { fillSlots, missingVariables } from '../templates/message-program.ts';
import type { Values } from '../templates/values.ts';
import { type Instant, toInstant } from '../time.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { type Claim, type ClaimedDelivery, type ClaimHold, claimBatch } from './claim-batch.ts';
import { type ClassRotation, createClassRotation } from './class-rotation.ts';
import {
  findCampaignStatus,
  findRemaining,
  markSending,
  markSkipped,
  releaseClaimed,
  settleDeliveries,
} from './delivery-queries.ts';
import { deliveryReference } from './delivery-reference.ts';
import type { Sleep } from './pace.ts';
import { recoverSenders, settleByEvidence } from './recover-senders.ts';
import type { Sender } from './sender.ts';
import { releaseAllClaimed } from './sender-queries.ts';
import { settleOutcome } from './settle-outcomes.ts';
import type { DeliverResult, Mail, Message, Outcome, Transport } from './transport.ts';

/** Why the loop ended. `finished`: nothing is pending. `held`: what is pending may go only later. */
export type LoopEnd = 'finished' | 'held' | 'limit' | 'interrupted' | 'stopped' | 'max_errors';

/** Named moments of the loop, where a test kills the process. */
export type Checkpoint = 'claimed' | 'sending' | 'delivered' | 'settled';

export interface LoopOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  readonly campaign: Campaign;
  /** The contest's, for recipients whose own is not known. */
  readonly timezone: string;
  /** That of the days of daily caps. */
  readonly dayTimezone: string;
  /** Do senders on several machines take their time from the database's server? */
  readonly followsServer: boolean;
  readonly sender: Sender;
  readonly host: string;
  readonly transport: Transport;
  readonly instanceId: string;
  /** By variant. */
  readonly messages: ReadonlyMap<string, Message>;
  readonly loadValues: (customerRefs: readonly number[]) => Promise<ReadonlyMap<number, Values>>;
  readonly concurrency: number;
  readonly batchSize: number;
  readonly limit: number | undefined;
  readonly maxErrors: number | undefined;
  /** Mails held longer than this are left for a later run. */
  readonly patienceMs: number;
  readonly onProgress?: (handled: number) => void;
  readonly checkpoint?: (point: Checkpoint) => void;
}

export interface LoopResult {
  readonly end: LoopEnd;
  readonly accepted: number;
  readonly refused: number;
  readonly heldUntil: Instant | undefined;
  /** The limit that holds them, if it is one. */
  readonly heldBy: ClaimHold['by'] | undefined;
  readonly failure: ReferralError | undefined;
}

const WATCH_MS = 500;
const RECOVER_EVERY = 6;
const DATABASE_RETRIES = 60;

/** What the workers of one process share. */
interface State {
  end: LoopEnd | undefined;
  failure: unknown;
  accepted: number;
  refused: number;
  handled: number;
  /** How many more may be claimed under `--limit`. */
  budget: number;
  /** Batches between claim and settlement. */
  inFlight: number;
  heldUntil: Instant | undefined;
  heldBy: ClaimHold['by'] | undefined;
  readonly classes: ClassRotation;
  /** Since when mails leave without a pause; what is late since then is caught up with. */
  busySince: number | undefined;
}

/**
 * The one send loop, for every transport and engine: claim a batch (commit), mark it sending (commit), call the
 * provider, settle (commit). Runs until nothing is pending, or it is told to stop; what is in flight is always settled.
 */
export async function runSendLoop(options: LoopOptions): Promise<LoopResult> {
  const state: State = {
    end: undefined,
    failure: undefined,
    accepted: 0,
    refused: 0,
    handled: 0,
    budget: options.limit ?? Number.POSITIVE_INFINITY,
    inFlight: 0,
    heldUntil: undefined,
    heldBy: undefined,
    classes: createClassRotation(),
    busySince: undefined,
  };
  const breaker = createBreaker(options.campaign.slug);
  const watching = new AbortController();
  const watch = watchCampaign(options, state, watching.signal);
  const workers = Array.from({ length: options.concurrency }, () => work(options, state, breaker));
  await Promise.all(workers);
  watching.abort();
  await watch;
  if (state.failure !== undefined) {
    if (state.failure instanceof ReferralError) return resultOf(state, state.failure);
    throw state.failure;
  }
  return resultOf(state, breaker.failure);
}

function resultOf(state: State, failure: ReferralError | undefined): LoopResult {
  const { end = 'limit', accepted, refused, heldUntil, heldBy } = state;
  return { end, accepted, refused, heldUntil, heldBy, failure };
}

async function work(options: LoopOptions, state: State, breaker: Breaker): Promise<void> {
  const { signal, clock, campaign } = options;
  const claimOptions = {
    ...options,
    campaignId: campaign.id,
    campaign: campaign.slug,
    dailyCap: campaign.daily_cap,
    account: options.transport.name,
    senderId: options.sender.id,
    hours: parseSendHours(campaign.quiet_hours, campaign.send_window),
    classes: state.classes,
  };
  try {
    while (!isOver(options, state, breaker)) {
      if (breaker.resumeAt > clock.milliseconds()) {
        state.busySince = undefined;
        await options.sleep(Math.min(breaker.resumeAt - clock.milliseconds(), WATCH_MS), signal);
        continue;
      }
      const size = Math.min(options.batchSize, state.budget);
      if (size === 0) return;
      state.budget -= size;
      const claim = await retrying(options, () =>
        options.database.transaction((trx) =>
          claimBatch(trx, { ...claimOptions, busySince: state.busySince }, size),
        ),
      );
      state.budget += size - claim.deliveries.length;
      await follow(options, state, breaker, claim);
      if (claim.skipped > 0) progress(options, state, claim.skipped);
    }
  } catch (error) {
    state.failure ??= error;
  }
}

/** Does what a claim has come to: sends it, waits, or stops. */
async function follow(options: LoopOptions, state: State, breaker: Breaker, claim: Claim): Promise<void> {
  if (claim.failure !== undefined) state.failure ??= claim.failure;
  else if (claim.status !== 'sending') stopFor(state, claim.status);
  else if (claim.hold !== undefined) await waitForLimit(options, state, claim.hold);
  else if (claim.examined === 0) await rest(options, state);
  else if (claim.deliveries.length > 0) {
    state.inFlight += 1;
    await sendClaim(options, state, breaker, claim);
    state.inFlight -= 1;
    state.busySince ??= options.clock.milliseconds();
  }
}

function isOver({ signal, sender }: LoopOptions, state: State, breaker: Breaker): boolean {
  if (signal.aborted) state.end ??= 'interrupted';
  if (!sender.isAlive()) {
    state.failure ??= new ReferralError(
      'database_unreachable',
      'The connection that keeps this sender alive was lost',
      {
        hint: 'Run the command again: what was in flight is accounted for.',
      },
    );
  }
  return state.end !== undefined || state.failure !== undefined || breaker.failure !== undefined;
}

function stopFor(state: State, status: CampaignStatus | undefined): void {
  state.end ??= status === 'sent' ? 'finished' : 'stopped';
}

/** Nothing is pending and due: is everything done, held for later, or still in somebody's hands? */
async function rest(options: LoopOptions, state: State): Promise<void> {
  const { database, campaign, sender, clock, signal, sleep, patienceMs } = options;
  const { nextAt, heldByOthers } = await findRemaining(database.queries, campaign.id, sender.id);
  const wait = nextAt === null ? WATCH_MS / 2 : Date.parse(nextAt) - clock.milliseconds();
  const isIdle = heldByOthers === 0 && state.inFlight === 0;
  if (isIdle && nextAt === null) {
    // A claim whose commit was answered by a broken connection left rows that no batch here knows of.
    if ((await releaseAllClaimed(database.queries, sender.id)) === 0) state.end ??= 'finished';
    return;
  }
  if (isIdle && nextAt !== null && wait > patienceMs) {
    state.heldUntil = nextAt;
    state.end ??= 'held';
    return;
  }
  state.busySince = undefined;
  await sleep(Math.min(Math.max(wait, 10), WATCH_MS / 2), signal);
}

/** A limit has no room now. Tokens come by themselves; for another day a send waits only when it is asked to. */
async function waitForLimit(options: LoopOptions, state: State, { by, until }: ClaimHold): Promise<void> {
  const { clock, signal, sleep, patienceMs } = options;
  const wait = until - clock.milliseconds();
  if (by !== 'rate') {
    if (state.inFlight === 0 && wait > patienceMs) {
      state.heldUntil = toInstant(until);
      state.heldBy = by;
      state.end ??= 'held';
      return;
    }
    state.busySince = undefined;
  }
  await sleep(Math.min(Math.max(wait, 1), WATCH_MS), signal);
}

async function sendClaim(options: LoopOptions, state: State, breaker: Breaker, claim: Claim): Promise<void> {
  const { database, campaign, sender, clock, loadValues } = options;
  const allIds = claim.deliveries.map((delivery) => delivery.id);
  options.checkpoint?.('claimed');
  if (!(await waitForTurn(options, state, breaker, claim.leaveAt))) {
    await releaseClaimed(database.queries, sender.id, allIds);
    await claim.giveBack?.(database.queries, allIds.length);
    state.budget += allIds.length;
    return;
  }
  const values = await loadValues(claim.deliveries.map((delivery) => delivery.customer_ref));
  const { ready, incomplete } = fillMails(options, claim.deliveries, values);
  if (incomplete.length > 0) {
    await markSkipped(database.queries, clock.now(), 'missing_value', incomplete);
    progress(options, state, incomplete.length);
  }
  const ids = ready.map(({ delivery }) => delivery.id);
  const sendable = await markSending(database.queries, campaign.id, sender.id, clock.now(), ids);
  // Paused in this very moment: what was claimed goes back.
  if (sendable.size < ids.length) await releaseClaimed(database.queries, sender.id, ids);
  options.checkpoint?.('sending');
  const sending = ready.filter(({ delivery }) => sendable.has(delivery.id));
  const unsent = await deliverBatch(options, state, breaker, sending);
  const back = allIds.length - sending.length + unsent;
  if (back > 0) await claim.giveBack?.(database.queries, back);
}

interface ReadyMail {
  readonly message: Message;
  readonly delivery: ClaimedDelivery;
  readonly mail: Mail;
}

function fillMails(
  { instanceId, messages }: LoopOptions,
  deliveries: readonly ClaimedDelivery[],
  values: ReadonlyMap<number, Values>,
): { readonly ready: readonly ReadyMail[]; readonly incomplete: readonly number[] } {
  const ready: ReadyMail[] = [];
  const incomplete: number[] = [];
  for (const delivery of deliveries) {
    const message = messages.get(delivery.variant);
    const own = values.get(delivery.customer_ref);
    const unsubscribeUrl = own?.['unsubscribe_link'];
    if (
      message === undefined ||
      own === undefined ||
      typeof unsubscribeUrl !== 'string' ||
      missingVariables(message.program, own).length > 0
    ) {
      incomplete.push(delivery.id);
      continue;
    }
    const reference = deliveryReference(instanceId, delivery.id);
    const filled = fillSlots(message.program, own);
    const mail = { deliveryId: delivery.id, reference, email: delivery.email, unsubscribeUrl, filled };
    ready.push({ message, delivery, mail });
  }
  return { ready, incomplete };
}

/**
 * Calls the provider for a batch that is marked as sending, variant by variant, and writes down what it says. Gives how
 * many are pending again.
 */
async function deliverBatch(
  options: LoopOptions,
  state: State,
  breaker: Breaker,
  batch: readonly ReadyMail[],
): Promise<number> {
  const { database, sender, clock } = options;
  if (batch.length === 0) return 0;
  const { outcomes, results } = await callProvider(options, batch);
  options.checkpoint?.('delivered');
  const now = clock.now();
  const settlements = batch.map(({ delivery }) =>
    settleOutcome(delivery, outcomes.get(delivery.id) ?? LOST, now),
  );
  await retrying(options, () => settleDeliveries(database.queries, sender.id, now, settlements));
  options.checkpoint?.('settled');
  for (const result of results) breaker.record(result, clock.milliseconds());
  const pending = settlements.filter((settlement) => settlement.status === 'pending').length;
  state.accepted += settlements.filter((settlement) => settlement.status === 'accepted').length;
  state.refused += settlements.filter((settlement) => settlement.status === 'refused').length;
  state.budget += pending;
  progress(options, state, settlements.length - pending);
  if (options.maxErrors !== undefined && state.refused > options.maxErrors) state.end ??= 'max_errors';
  return pending;
}

interface Answers {
  /** By delivery. */
  readonly outcomes: ReadonlyMap<number, Outcome>;
  readonly results: readonly DeliverResult[];
}

async function callProvider(
  { transport, messages }: LoopOptions,
  batch: readonly ReadyMail[],
): Promise<Answers> {
  const outcomes = new Map<number, Outcome>();
  const results: DeliverResult[] = [];
  for (const message of messages.values()) {
    const mails = batch.flatMap((ready) => (ready.message === message ? [ready.mail] : []));
    if (mails.length === 0) continue;
    // After trouble with one variant's mails the others are not even tried.
    const result = results.some(({ halt }) => halt !== undefined)
      ? { outcomes: mails.map(() => NOT_TRIED) }
      : await transport.deliver(message, mails);
    results.push(result);
    for (const [index, mail] of mails.entries())
      outcomes.set(mail.deliveryId, result.outcomes[index] ?? LOST);
  }
  return { outcomes, results };
}

const NOT_TRIED: Outcome = { kind: 'unsent', error: 'not tried', countsAsAttempt: false };
const LOST: Outcome = { kind: 'in_doubt', error: 'the transport said nothing about this mail' };

function progress({ onProgress }: LoopOptions, state: State, count: number): void {
  state.handled += count;
  onProgress?.(state.handled);
}

/** Waits for the batch's turn under the rate; false when sending was stopped meanwhile. */
async function waitForTurn(
  options: LoopOptions,
  state: State,
  breaker: Breaker,
  leaveAt: number,
): Promise<boolean> {
  for (;;) {
    if (isOver(options, state, breaker)) return false;
    const wait = Math.max(leaveAt, breaker.resumeAt) - options.clock.milliseconds();
    if (wait <= 0) return true;
    await options.sleep(Math.min(wait, WATCH_MS), options.signal);
  }
}

/** Sees within half a second that the campaign was paused, and within seconds that another sender died. */
async function watchCampaign(options: LoopOptions, state: State, signal: AbortSignal): Promise<void> {
  const { database, clock, campaign, transport, sender, host } = options;
  for (let round = 1; ; round += 1) {
    await options.sleep(WATCH_MS, signal);
    if (signal.aborted) return;
    try {
      const status = await findCampaignStatus(database.queries, campaign.id);
      if (status !== 'sending') stopFor(state, status);
      if (round % RECOVER_EVERY !== 0) continue;
      const { senders } = await recoverSenders(database, clock, sender.id);
      if (senders > 0) await settleByEvidence(database, clock, campaign, transport, host);
    } catch (error) {
      // The workers meet the same trouble and decide what to do about it.
      if (!isUnreachable(error)) state.failure ??= error;
    }
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof ReferralError && error.code === 'database_unreachable';
}

/** What the provider has answered must be written down: a database that is restarted is waited for. */
async function retrying<T>({ sleep }: LoopOptions, attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isUnreachable(error) || attempts === DATABASE_RETRIES) throw error;
      await sleep(500);
    }
  }
}
