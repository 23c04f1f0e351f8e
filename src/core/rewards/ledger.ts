import { canonicalJson, sha256 } from '../canonical-json.ts';
import type { RewardStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** Where the value of a reward can be: with the program, or at one stage of its life with the customer. */
export type Account = 'program' | RewardStatus;

/** Why value moves. */
export type MovementKind =
  | 'grant'
  | 'adjust'
  | 'hold'
  | 'release'
  | 'claim'
  | 'pay'
  | 'expire'
  | 'reverse'
  | 'revoke'
  | 'restore';

/** The moves that exist; everything else in a ledger is a forgery or a bug. `adjust` goes both ways. */
const MOVES: Readonly<
  Record<MovementKind, readonly (readonly [from: readonly Account[], to: readonly Account[]])[]>
> = {
  grant: [[['program'], ['available']]],
  adjust: [
    [['program'], ['held', 'available', 'claimed', 'paid']],
    [['held', 'available', 'claimed', 'paid'], ['program']],
  ],
  hold: [[['available', 'claimed'], ['held']]],
  release: [[['held'], ['available']]],
  claim: [[['available'], ['claimed']]],
  pay: [[['available', 'claimed'], ['paid']]],
  expire: [[['available'], ['expired']]],
  reverse: [[['held', 'available', 'claimed', 'paid'], ['reversed']]],
  revoke: [[['held', 'available', 'claimed', 'paid'], ['reversed']]],
  restore: [[['reversed'], ['available']]],
};

/** Is there a move of this kind between these accounts? */
export function isMove(kind: string, from: string, to: string): boolean {
  const moves = Object.hasOwn(MOVES, kind) ? MOVES[kind as MovementKind] : [];
  return moves.some(([sources, targets]) => has(sources, from) && has(targets, to));
}

function has(accounts: readonly Account[], name: string): boolean {
  return accounts.some((account) => account === name);
}

/** What one entry says. */
export interface EntryContent {
  readonly idempotency_key: string;
  /** The idempotency key of the reward. */
  readonly reward: string;
  readonly customer_ref: number;
  readonly contest: string;
  readonly kind: string;
  readonly from_account: string;
  readonly to_account: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly reason: string;
  readonly payout: string | null;
  readonly recorded_at: Instant;
  /** The run that wrote it. */
  readonly run_id: number | null;
}

/**
 * SHA-256 over the canonical JSON (RFC 8785) of an entry: any edit of it shows. The keys stand in their order here, and JSON.stringify writes
 * texts and whole numbers in the canonical form.
 */
export function hashEntry(content: EntryContent): string {
  const { amount_minor, contest, currency, customer_ref, from_account, idempotency_key, kind } = content;
  const { payout, reason, recorded_at, reward, run_id, to_account } = content;
  return sha256(
    JSON.stringify({
      ...{ amount_minor, contest, currency, customer_ref, from_account, idempotency_key, kind },
      ...{ payout, reason, recorded_at, reward, run_id, to_account },
    }),
  );
}

/** Is this the hash of an entry? The first version of the program left out who wrote it. */
export function isHashOf(hash: string, content: EntryContent): boolean {
  if (hash === hashEntry(content)) return true;
  const { run_id: _run, ...first } = content;
  return hash === sha256(canonicalJson(first));
}

/** The key of the n-th entry of a reward, counted from 1: two writers can't both write the n-th. */
export function entryKey(rewardKey: string, n: number): string {
  return `${rewardKey}/${n}`;
}

/** Is this an amount of money? Days, points and badges have a lower-case unit instead of a currency. */
export function isMoney(currency: string): boolean {
  return currency === currency.toUpperCase();
}
