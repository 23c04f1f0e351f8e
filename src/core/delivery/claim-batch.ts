import { findQuietEnd, type QuietHours } from '../campaigns/quiet-hours.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { CampaignStatus } from '../database/tables.ts';
import type { Keyring } from '../settings/keyring.ts';
import { assertNotQuarantined } from '../settings/quarantine.ts';
import { findSuppressed } from '../suppressions/find-suppressed.ts';
import { type Instant, isTimezone } from '../time.ts';
import { findBucket, saveBucketTime } from './bucket-queries.ts';
import {
  type Candidate,
  findCampaignStatus,
  holdUntil,
  listCandidates,
  markClaimed,
  markSkipped,
} from './delivery-queries.ts';
import { batchSizeFor, dropUnused, reserveTokens } from './token-bucket.ts';

export interface ClaimOptions {
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly campaignId: number;
  readonly senderId: number;
  readonly quietHours: QuietHours | undefined;
  /** For recipients whose own time zone is not known. */
  readonly timezone: string;
  /** Since when this sender has sent without a pause, in milliseconds since the epoch. */
  readonly busySince?: number | undefined;
}

/** A pending delivery that may be mailed. */
export type ClaimedDelivery = Candidate & { readonly email: string };

export interface Claim {
  /** Anything but `sending` means: stop. */
  readonly status: CampaignStatus | undefined;
  readonly deliveries: readonly ClaimedDelivery[];
  /** Looked at: claimed, skipped and held together. None means that nothing is pending and due. */
  readonly examined: number;
  readonly skipped: number;
  /** When the batch may leave under the rate, in milliseconds since the epoch; 0 when no rate bounds it. */
  readonly leaveAt: number;
}

/** The name of a campaign's token bucket. */
export function bucketName(campaignId: number): string {
  return `campaign:${campaignId}`;
}

/**
 * Claims up to `limit` deliveries within a transaction. What has changed since they were frozen decides again: the
 * campaign's state, quarantine, erasure, suppression, consent, quiet hours; and the shared rate says when they may leave.
 */
export async function claimBatch(trx: Queries, options: ClaimOptions, limit: number): Promise<Claim> {
  const { clock, keyring, campaignId, senderId } = options;
  const now = clock.now();
  const status = await findCampaignStatus(trx, campaignId);
  if (status !== 'sending') return { status, deliveries: [], examined: 0, skipped: 0, leaveAt: 0 };
  await assertNotQuarantined(trx);
  const time = clock.milliseconds();
  const row = await findBucket(trx, bucketName(campaignId));
  const bucket = row && dropUnused({ rate: row.rate, nextFreeAt: row.next_free_at }, time, options.busySince);
  const candidates = await listCandidates(trx, campaignId, now, batchSizeFor(bucket, limit, time));
  const keys = candidates.map((candidate) => candidate.address_key);
  const suppressed = await findSuppressed(trx, keyring, keys);
  const { claimed, skipped, held } = sortCandidates(candidates, suppressed, options, now);
  for (const [reason, ids] of skipped) await markSkipped(trx, now, reason, ids);
  for (const [until, ids] of held) await holdUntil(trx, until, ids);
  await markClaimed(
    trx,
    senderId,
    now,
    claimed.map((delivery) => delivery.id),
  );
  let leaveAt = 0;
  if (bucket !== undefined && claimed.length > 0) {
    const reservation = reserveTokens(bucket, claimed.length);
    await saveBucketTime(trx, bucketName(campaignId), reservation.bucket.nextFreeAt);
    leaveAt = reservation.at;
  }
  const skippedCount = [...skipped.values()].reduce((sum, ids) => sum + ids.length, 0);
  return { status, deliveries: claimed, examined: candidates.length, skipped: skippedCount, leaveAt };
}

interface Sorted {
  readonly claimed: readonly ClaimedDelivery[];
  /** Ids by reason. */
  readonly skipped: ReadonlyMap<string, readonly number[]>;
  /** Ids by the end of their quiet hours. */
  readonly held: ReadonlyMap<Instant, readonly number[]>;
}

function sortCandidates(
  candidates: readonly Candidate[],
  suppressed: ReadonlySet<string>,
  { quietHours, timezone }: ClaimOptions,
  now: Instant,
): Sorted {
  const claimed: ClaimedDelivery[] = [];
  const skipped = new Map<string, number[]>();
  const held = new Map<Instant, number[]>();
  for (const candidate of candidates) {
    const { email } = candidate;
    const reason = reasonToSkip(candidate, suppressed);
    const until =
      reason === undefined && quietHours !== undefined
        ? findQuietEnd(quietHours, zoneOf(candidate, timezone), now)
        : undefined;
    if (reason !== undefined || email === null) append(skipped, reason ?? 'erased', candidate.id);
    else if (until !== undefined) append(held, until, candidate.id);
    else claimed.push({ ...candidate, email });
  }
  return { claimed, skipped, held };
}

function reasonToSkip(candidate: Candidate, suppressed: ReadonlySet<string>): string | undefined {
  if (candidate.erased_at !== null || candidate.email === null) return 'erased';
  if (suppressed.has(candidate.address_key)) return 'suppressed';
  if (candidate.consent === 'withdrawn') return 'withdrawn';
  return candidate.consent === 'granted' ? undefined : 'no_consent';
}

function zoneOf({ timezone }: Candidate, fallback: string): string {
  return timezone !== null && isTimezone(timezone) ? timezone : fallback;
}

function append<Key>(lists: Map<Key, number[]>, key: Key, id: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}
