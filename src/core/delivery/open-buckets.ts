import type { Queries } from '../database/database.ts';
import { localDay, startOfDay } from '../limits/local-day.ts';
import { accountVolume, type SendingLimits } from '../limits/sending-limits.ts';
import { type BucketRow, insertBuckets, lockBuckets, saveBuckets } from './bucket-queries.ts';
import { batchSizeFor, dropUnused, reserveTokens, type TokenBucket } from './token-bucket.ts';

/** Where mails are paced and counted for one claim. */
export interface BucketScope {
  readonly campaignId: number;
  /** Mails per day of this campaign. */
  readonly dailyCap: number | null;
  readonly account: string;
  /** That of the days. */
  readonly timezone: string;
  readonly limits: SendingLimits;
  /** By the clock that all senders share, in milliseconds since the epoch. */
  readonly now: number;
  /** Is that the one of the database's server? */
  readonly followsServer: boolean;
  /** Since when this sender has sent without a pause, by the same clock. */
  readonly busySince: number | undefined;
}

/** The buckets that bound a claim, locked until its transaction ends. */
export interface OpenBuckets {
  readonly rows: ReadonlyMap<string, BucketRow>;
  /** Those with a rate, without the tokens that nobody used. */
  readonly tokens: ReadonlyMap<string, TokenBucket>;
  /** Mails per day, where there is a cap. */
  readonly caps: ReadonlyMap<string, number>;
  /** The buckets that every mail of the claim takes from. */
  readonly shared: readonly string[];
  /** By the shared clock, when the locks were taken. */
  readonly now: number;
  readonly day: string;
  readonly nextDayAt: number;
}

/** Why nothing can be claimed yet, and when it can, by the shared clock in milliseconds since the epoch. */
export interface Hold {
  readonly by: HoldReason;
  readonly until: number;
}

export type HoldReason = 'rate' | 'campaign_daily_cap' | 'account_daily_cap';

// So far ahead mails are reserved: enough to hide a slow claim, little to lose when a rate is changed.
const AHEAD_MS = 2_000;
// A class waits for its tokens before it is claimed: what is claimed with it would wait too.
const CLASS_AHEAD_MS = 250;

/** The name of a campaign's bucket. */
export function campaignBucket(id: number): string {
  return `campaign:${id}`;
}

/** The name of the bucket of a provider account. */
export function accountBucket(account: string): string {
  return `account:${account}`;
}

/** The name of the bucket of a class of recipient domains. */
export function domainBucket(name: string): string {
  return `domain:${name}`;
}

/** Opens the buckets of the campaign, the account and the classes that have a limit; without limits it locks none. */
export async function openBuckets(queries: Queries, scope: BucketScope): Promise<OpenBuckets> {
  const { account, campaignId, dailyCap, limits } = scope;
  const campaign = campaignBucket(campaignId);
  const own = accountBucket(account);
  const rates = new Map([...limits.domainRates].map(([name, rate]) => [domainBucket(name), rate]));
  if (dailyCap !== null) rates.set(campaign, 0);
  if (limits.accountRates.has(account) || limits.accountCaps.has(account) || limits.warmUps.has(account)) {
    rates.set(own, limits.accountRates.get(account) ?? 0);
  }
  const { rows, serverTime } = await lockAll(queries, rates, campaign, scope.now);
  const now = scope.followsServer ? (serverTime ?? scope.now) : scope.now;
  const day = localDay(now, scope.timezone);
  const volume = accountVolume(limits, account, day);
  return {
    rows,
    tokens: listTokens(rows, now, scope.busySince),
    caps: new Map([
      ...(dailyCap === null ? [] : [[campaign, dailyCap] as const]),
      ...(volume === undefined ? [] : [[own, volume] as const]),
    ]),
    shared: [campaign, own],
    now,
    day,
    nextDayAt: startOfDay(now, scope.timezone, 1),
  };
}

/** What stands in the way of every mail of the claim. */
export function findHold(open: OpenBuckets): Hold | undefined {
  const [campaign = '', account = ''] = open.shared;
  if (leftToday(open, campaign) <= 0) return { by: 'campaign_daily_cap', until: open.nextDayAt };
  if (leftToday(open, account) <= 0) return { by: 'account_daily_cap', until: open.nextDayAt };
  const latest = Math.max(...open.shared.map((name) => open.tokens.get(name)?.nextFreeAt ?? 0));
  return latest > open.now + AHEAD_MS ? { by: 'rate', until: latest - AHEAD_MS / 2 } : undefined;
}

/** How many mails may be claimed at most under the limits that all of them share. */
export function allowShared(open: OpenBuckets, limit: number): number {
  const allowed = open.shared.map((name) =>
    Math.min(leftToday(open, name), batchSizeFor(open.tokens.get(name), limit, open.now)),
  );
  return Math.min(limit, ...allowed);
}

/** How many mails of a class may be claimed at most; and when again, where it is none now. */
export function allowClass(
  open: OpenBuckets,
  name: string,
  limit: number,
): { readonly count: number; readonly at: number } {
  const bucket = open.tokens.get(domainBucket(name));
  const at = (bucket?.nextFreeAt ?? 0) - CLASS_AHEAD_MS;
  return { count: at > open.now ? 0 : batchSizeFor(bucket, limit, open.now), at };
}

/**
 * Takes the tokens of batches that were claimed, one after the other, and counts them; of each, how many are of which class.
 * Gives when each may leave by the shared clock, 0 for at once.
 */
export async function takeTokens(
  queries: Queries,
  open: OpenBuckets,
  batches: readonly ReadonlyMap<string, number>[],
): Promise<readonly number[]> {
  const leaveAt: number[] = [];
  let taken: Taken = { tokens: open.tokens, changed: new Map() };
  for (const batch of batches) {
    const { at, ...after } = takeFor(open, taken, batch);
    leaveAt.push(at);
    taken = after;
  }
  await saveBuckets(queries, [...taken.changed.values()]);
  return leaveAt;
}

interface Taken {
  readonly tokens: ReadonlyMap<string, TokenBucket>;
  readonly changed: ReadonlyMap<string, BucketRow>;
}

function takeFor(
  open: OpenBuckets,
  before: Taken,
  batch: ReadonlyMap<string, number>,
): Taken & { readonly at: number } {
  const tokens = new Map(before.tokens);
  const changed = new Map(before.changed);
  const total = [...batch.values()].reduce((sum, count) => sum + count, 0);
  const wanted = [
    ...open.shared.map((name) => [name, total] as const),
    ...[...batch].map(([name, count]) => [domainBucket(name), count] as const),
  ];
  let at = 0;
  for (const [name, count] of wanted) {
    const row = changed.get(name) ?? open.rows.get(name);
    if (row === undefined) continue;
    const bucket = tokens.get(name);
    const reservation = bucket && reserveTokens(bucket, count);
    if (reservation !== undefined) tokens.set(name, reservation.bucket);
    at = Math.max(at, reservation?.at ?? 0);
    changed.set(name, {
      ...row,
      next_free_at: reservation?.bucket.nextFreeAt ?? row.next_free_at,
      ...(open.caps.has(name) ? { day: open.day, day_count: countOf(row, open.day) + count } : {}),
    });
  }
  return { tokens, changed, at };
}

async function lockAll(
  queries: Queries,
  rates: ReadonlyMap<string, number>,
  campaign: string,
  now: number,
): Promise<{ readonly rows: ReadonlyMap<string, BucketRow>; readonly serverTime: number | null }> {
  const names = [...rates.keys()];
  let locked = await lockBuckets(queries, names, campaign);
  const missing = names.filter((name) => !locked.rows.some((row) => row.name === name));
  if (missing.length > 0) {
    const empty = missing.map((name) => ({ name, rate: rates.get(name) ?? 0, next_free_at: now }));
    await insertBuckets(queries, empty);
    locked = await lockBuckets(queries, names, campaign);
  }
  // What operators set holds from the next claim on; a campaign's own rate lives in its row.
  const rows = locked.rows.map((row) => {
    const rate = row.name === campaign ? row.rate : (rates.get(row.name) ?? row.rate);
    return [row.name, { ...row, rate }] as const;
  });
  return { rows: new Map(rows), serverTime: locked.serverTime };
}

function listTokens(
  rows: ReadonlyMap<string, BucketRow>,
  now: number,
  busySince: number | undefined,
): ReadonlyMap<string, TokenBucket> {
  const tokens = new Map<string, TokenBucket>();
  for (const { name, rate, next_free_at } of rows.values()) {
    if (rate > 0) tokens.set(name, dropUnused({ rate, nextFreeAt: next_free_at }, now, busySince));
  }
  return tokens;
}

function leftToday(open: OpenBuckets, name: string): number {
  return (open.caps.get(name) ?? Number.POSITIVE_INFINITY) - countToday(open, name);
}

function countToday({ rows, day }: OpenBuckets, name: string): number {
  return countOf(rows.get(name), day);
}

function countOf(row: BucketRow | undefined, day: string): number {
  return row?.day === day ? row.day_count : 0;
}
