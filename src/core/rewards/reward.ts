import type { RewardSide, RewardStatus, RewardType } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { Movement } from './reconcile-reward.ts';
import type { RewardValue } from './reward-value.ts';

/** The columns of a reward that say what it is worth: one of them is set. */
export interface RewardColumns {
  readonly type: RewardType;
  readonly amount_minor: number | null;
  readonly currency: string | null;
  readonly days: number | null;
  readonly points: number | null;
  readonly badge: string | null;
}

/** A value as the table of rewards keeps it. */
export function toColumns({ type, amount_minor, currency, badge }: RewardValue): RewardColumns {
  const isAmount = type === 'money' || type === 'percentage';
  return {
    type,
    amount_minor: isAmount ? amount_minor : null,
    currency: isAmount ? currency : null,
    days: type === 'free_days' ? amount_minor : null,
    points: type === 'points' ? amount_minor : null,
    badge,
  };
}

/** The inverse of `toColumns`. */
export function toValue({ type, amount_minor, currency, days, points, badge }: RewardColumns): RewardValue {
  switch (type) {
    case 'free_days':
      return { type, currency: 'free_days', amount_minor: days ?? 0, badge: null };
    case 'points':
      return { type, currency: 'points', amount_minor: points ?? 0, badge: null };
    case 'badge':
      return { type, currency: 'badges', amount_minor: 1, badge };
    default:
      return { type, currency: currency ?? '', amount_minor: amount_minor ?? 0, badge: null };
  }
}

/** A reward that is new or changes, with the moves that make it so. */
export interface RewardChange {
  readonly idempotency_key: string;
  /** Undefined for a new one. */
  readonly reward_id: number | undefined;
  readonly contest_id: number;
  readonly customer_ref: number;
  readonly side: RewardSide;
  readonly rule: string;
  readonly referral_id: number | null;
  readonly value: RewardValue;
  readonly status: RewardStatus;
  readonly due_at: Instant | null;
  readonly expires_at: Instant | null;
  readonly movements: readonly Movement[];
}

/** The stage at which a list of moves leaves a reward; undefined for none. */
export function statusAfter(movements: readonly Movement[]): RewardStatus | undefined {
  const account = movements.at(-1)?.to_account;
  if (account !== 'program') return account;
  // An adjustment downwards ends in the program; the rest stays where it was.
  const from = movements.at(-1)?.from_account;
  return from === 'program' ? undefined : from;
}
