import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import type { CampaignStatus } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';
import { clockJumped, watchClock } from '../limits/clock-guard.ts';
import { findMailedOften } from '../limits/find-mailed-often.ts';
import { findHoldEnd, type SendHours } from '../limits/send-hours.ts';
import { loadSendingLimits, type SendingLimits } from '../limits/sending-limits.ts';
import type { Keyring } from '../settings/keyring.ts';
import { assertNotQuarantined } from '../settings/quarantine.ts';
import { findSuppressed } from '../suppressions/find-suppressed.ts';
import { type Instant, isTimezone, toInstant } from '../time.ts';
import { giveBackCount } from './bucket-queries.ts';
import { type Candidate, listPendingClasses } from './candidate-queries.ts';
import { type ClaimState, findClaimState } from './claim-state-queries.ts';
import type { ClassRotation } from './class-rotation.ts';
import { holdUntil, markClaimed, markSkipped } from './delivery-queries.ts';
import { gatherCandidates } from './gather-candidates.ts';
import { findHold, type HoldReason, type OpenBuckets, openBuckets, takeTokens } from './open-buckets.ts';
import type { VariantDraw } from './variant-draw.ts';

export interface ClaimOptions {
  readonly clock: Clock;
  /** Do senders on several machines take their time from the database's server? Only where it has a clock. */
  readonly followsServer: boolean;
  readonly keyring: Keyring;
  readonly campaignId: number;
  readonly campaign: string;
  /** Mails per day of this campaign. */
  readonly dailyCap: number | null;
  /** The provider account that the mails go through. */
  readonly account: string;
  readonly senderId: number;
  /** How many mails are handed over at once. */
  readonly batchSize: number;
  readonly hours: SendHours | undefined;
  /** For recipients whose own time zone is not known. */
  readonly timezone: string;
  /** That of the days of daily caps. */
  readonly dayTimezone: string;
  readonly classes: ClassRotation;
  /** Since when this sender has sent without a pause, in milliseconds since the epoch. */
  readonly busySince?: number | undefined;
  /** Where variants are drawn while sending. */
  readonly variantDraw?: VariantDraw | undefined;
}

/** A pending delivery that may be mailed. */
export type ClaimedDelivery = Candidate & { readonly email: string };

/** Why nothing was claimed though something is pending, and when to look again, in milliseconds since the epoch. */
export interface ClaimHold {
  readonly by: HoldReason;
  readonly until: number;
}

/** Deliveries that are handed over together. */
export interface ClaimedBatch {
  readonly deliveries: readonly ClaimedDelivery[];
  /** When it may leave under the rates, in milliseconds since the epoch; 0 when none bounds it. */
  readonly leaveAt: number;
  /** Takes mails that were not handed over after all out of the counts of the day; undefined where nothing counts. */
  readonly giveBack?: ((queries: Queries, count: number) => Promise<void>) | undefined;
}

export interface Claim {
  /** Anything but `sending` means: stop. */
  readonly status: CampaignStatus | undefined;
  readonly batches: readonly ClaimedBatch[];
  /** Looked at: claimed, skipped and held together. None, without a hold, means that nothing is pending and due. */
  readonly examined: number;
  readonly skipped: number;
  readonly hold?: ClaimHold | undefined;
  /** Why nothing may be sent at all. It is no exception, so that what else the transaction does is committed. */
  readonly failure?: ReferralError | undefined;
}

const NOTHING = { batches: [], examined: 0, skipped: 0 } as const;

/**
 * Claims up to `limit` deliveries within a transaction, as batches. What has changed since they were frozen decides again: the
 * campaign's state and approval, quarantine, the clock, erasure, suppression, consent, the frequency cap, the recipient's
 * hours; and the shared limits say how many there may be and when they may leave.
 */
export async function claimBatches(trx: Queries, options: ClaimOptions, limit: number): Promise<Claim> {
  const { clock, campaignId } = options;
  const state = await findClaimState(trx, campaignId);
  if (state?.status !== 'sending') return { status: state?.status, ...NOTHING };
  // How far the clock that all senders share is ahead of this machine's.
  const ahead =
    options.followsServer && state.serverTime !== null ? state.serverTime - clock.milliseconds() : 0;
  const time = clock.milliseconds() + ahead;
  const limits = await loadSendingLimits(trx);
  const failure = await findFailure(trx, options, state, limits, time);
  if (failure !== undefined) return { status: 'sending', ...NOTHING, failure };
  const open = await openBuckets(trx, {
    ...options,
    limits,
    timezone: options.dayTimezone,
    now: time,
    busySince: options.busySince === undefined ? undefined : options.busySince + ahead,
  });
  // What takes a time of the shared clock to that of this machine.
  const local = clock.milliseconds() - open.now;
  const hold = findHold(open);
  if (hold !== undefined) {
    // Where nothing is pending any more, no limit holds anything.
    if ((await listPendingClasses(trx, campaignId)).length === 0) return { status: 'sending', ...NOTHING };
    return { status: 'sending', ...NOTHING, hold: { by: hold.by, until: hold.until + local } };
  }
  const found = await gatherCandidates(trx, campaignId, open, options.classes, limit);
  if (found.candidates.length === 0 && found.nextAt !== undefined) {
    return { status: 'sending', ...NOTHING, hold: { by: 'rate', until: found.nextAt + local } };
  }
  return takeCandidates(trx, options, limits, open, found.candidates, local);
}

/** Why nothing may be sent at all. */
async function findFailure(
  trx: Queries,
  { campaign }: ClaimOptions,
  { approved_at }: ClaimState,
  { requireApproval }: SendingLimits,
  time: number,
): Promise<ReferralError | undefined> {
  const jump = await watchClock(trx, time);
  if (jump !== undefined) return clockJumped(jump);
  if (requireApproval && approved_at === null) {
    return new ReferralError('state_forbids', `campaign "${campaign}" is not approved`, {
      reason: 'the setting campaigns.require_approval was switched on after it was started',
      hint: `Cancel it and have a new one approved: referral campaigns cancel ${campaign}`,
      details: { campaign },
    });
  }
  try {
    await assertNotQuarantined(trx);
  } catch (error) {
    if (error instanceof ReferralError && error.code !== 'database_unreachable') return error;
    throw error;
  }
  return undefined;
}

async function takeCandidates(
  trx: Queries,
  options: ClaimOptions,
  { frequencyCap }: SendingLimits,
  open: OpenBuckets,
  candidates: readonly Candidate[],
  local: number,
): Promise<Claim> {
  const now = toInstant(open.now);
  const keys = candidates.map((candidate) => candidate.address_key);
  const suppressed = await findSuppressed(trx, options.keyring, keys);
  const mailedOften =
    frequencyCap === undefined ? new Set<string>() : await findMailedOften(trx, frequencyCap, keys, open.now);
  const { free, skipped, held } = sortCandidates(candidates, { suppressed, mailedOften }, options, open.now);
  const claimed = (await options.variantDraw?.draw(trx, free)) ?? free;
  for (const [reason, ids] of skipped) await markSkipped(trx, now, reason, ids);
  for (const [until, ids] of held) await holdUntil(trx, until, ids);
  const ids = claimed.map((delivery) => delivery.id);
  await markClaimed(trx, options.senderId, now, ids);
  const batches = chunksOf(claimed, options.batchSize);
  const leaveAt = await takeTokens(trx, open, batches.map(countByClass));
  const counting = [...open.caps.keys()];
  const giveBack =
    counting.length === 0
      ? undefined
      : (queries: Queries, count: number) => giveBackCount(queries, counting, open.day, count);
  return {
    status: 'sending',
    batches: batches.map((deliveries, index) => {
      const at = leaveAt[index] ?? 0;
      return { deliveries, leaveAt: at === 0 ? 0 : at + local, giveBack };
    }),
    examined: candidates.length,
    skipped: [...skipped.values()].reduce((sum, list) => sum + list.length, 0),
  };
}

function countByClass(deliveries: readonly ClaimedDelivery[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { domain_class } of deliveries) counts.set(domain_class, (counts.get(domain_class) ?? 0) + 1);
  return counts;
}

/** Address keys that must not be mailed now. */
interface Excluded {
  readonly suppressed: ReadonlySet<string>;
  readonly mailedOften: ReadonlySet<string>;
}

interface Sorted {
  /** To be claimed. */
  readonly free: readonly ClaimedDelivery[];
  /** Ids by reason. */
  readonly skipped: ReadonlyMap<string, readonly number[]>;
  /** Ids by the time until which they are held. */
  readonly held: ReadonlyMap<Instant, readonly number[]>;
}

function sortCandidates(
  candidates: readonly Candidate[],
  excluded: Excluded,
  { hours, timezone }: ClaimOptions,
  epoch: number,
): Sorted {
  const free: ClaimedDelivery[] = [];
  const skipped = new Map<string, number[]>();
  const held = new Map<Instant, number[]>();
  const findUntil = holdEndByZone(hours, timezone, epoch);
  for (const candidate of candidates) {
    const { email } = candidate;
    const reason = reasonToSkip(candidate, excluded);
    const until = reason === undefined ? findUntil(candidate.timezone) : undefined;
    if (reason !== undefined || email === null) append(skipped, reason ?? 'erased', candidate.id);
    else if (until !== undefined) append(held, until, candidate.id);
    else free.push({ ...candidate, email });
  }
  return { free, skipped, held };
}

// Most recipients share a few zones, and looking up an offset is the dearest step of a claim.
function holdEndByZone(
  hours: SendHours | undefined,
  fallback: string,
  epoch: number,
): (timezone: string | null) => Instant | undefined {
  if (hours === undefined) return () => undefined;
  const ends = new Map<string | null, Instant | undefined>();
  return (timezone) => {
    if (!ends.has(timezone)) {
      const zone = timezone !== null && isTimezone(timezone) ? timezone : fallback;
      const end = findHoldEnd(hours, zone, epoch);
      ends.set(timezone, end === undefined ? undefined : toInstant(end));
    }
    return ends.get(timezone);
  };
}

function reasonToSkip(candidate: Candidate, { suppressed, mailedOften }: Excluded): string | undefined {
  if (candidate.erased_at !== null || candidate.email === null) return 'erased';
  if (suppressed.has(candidate.address_key)) return 'suppressed';
  if (candidate.consent === 'withdrawn') return 'withdrawn';
  if (candidate.consent !== 'granted') return 'no_consent';
  return mailedOften.has(candidate.address_key) ? 'frequency_cap' : undefined;
}

function append<Key>(lists: Map<Key, number[]>, key: Key, id: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}
