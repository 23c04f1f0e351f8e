import type { RewardStatus } from '../database/tables.ts';
import type { Account, MovementKind } from './ledger.ts';
import type { RewardValue } from './reward-value.ts';

/** A reward as it stands in the ledger. */
export interface StandingReward {
  readonly status: RewardStatus;
  readonly amount_minor: number;
  readonly currency: string;
  /** A person took it back: it never returns by itself. */
  readonly is_revoked: boolean;
}

/** What the rules and the referrals say about a reward now. */
export type Claim =
  | { readonly state: 'granted'; readonly value: RewardValue }
  /** Its referral is held or pending again: what exists is kept back, nothing new is given. */
  | { readonly state: 'suspended' }
  | { readonly state: 'none'; readonly reason: string };

/** One move of value between accounts; `amount_minor` above 0. */
export interface Movement {
  readonly kind: MovementKind;
  readonly from_account: Account;
  readonly to_account: Account;
  readonly amount_minor: number;
  readonly currency: string;
  readonly reason: string;
}

/**
 * The moves that bring a reward from where it stands to where it should be; none when it is there. A reward that was paid and
 * is not due any more goes to `reversed` as well: what was handed out too much is carried to the customer's next payout.
 */
export function reconcileReward(standing: StandingReward | undefined, claim: Claim): readonly Movement[] {
  if (standing === undefined) return claim.state === 'granted' ? [grant(claim.value)] : [];
  const { status } = standing;
  if (status === 'expired' || standing.is_revoked) return [];
  if (status === 'reversed') return claim.state === 'granted' ? restore(standing, claim.value) : [];
  if (claim.state === 'none') return [move(standing, 'reverse', status, 'reversed', claim.reason)];
  if (claim.state === 'granted') return keep(standing, claim.value);
  const isOpen = status === 'available' || status === 'claimed';
  return isOpen ? [move(standing, 'hold', status, 'held', 'its referral is held')] : [];
}

function restore(standing: StandingReward, value: RewardValue): readonly Movement[] {
  const back = move(standing, 'restore', 'reversed', 'available', 'counts again');
  return [back, ...adjust(standing, 'available', value)];
}

function keep(standing: StandingReward, value: RewardValue): readonly Movement[] {
  if (standing.status !== 'held') return adjust(standing, standing.status, value);
  const release = move(standing, 'release', 'held', 'available', 'its referral is approved');
  return [release, ...adjust(standing, 'available', value)];
}

function grant({ amount_minor, currency }: RewardValue): Movement {
  return {
    kind: 'grant',
    from_account: 'program',
    to_account: 'available',
    amount_minor,
    currency,
    reason: 'earned',
  };
}

function move(
  { amount_minor, currency }: StandingReward,
  kind: MovementKind,
  from_account: Account,
  to_account: Account,
  reason: string,
): Movement {
  return { kind, from_account, to_account, amount_minor, currency, reason };
}

// A booking that changed its amount moves the difference; one that changed its currency moves all of it twice.
function adjust(standing: StandingReward, account: Account, value: RewardValue): readonly Movement[] {
  const reason = 'the booking changed';
  if (standing.currency !== value.currency) {
    return [
      { ...move(standing, 'adjust', account, 'program', reason) },
      {
        kind: 'adjust',
        from_account: 'program',
        to_account: account,
        amount_minor: value.amount_minor,
        currency: value.currency,
        reason,
      },
    ];
  }
  const difference = value.amount_minor - standing.amount_minor;
  if (difference === 0) return [];
  const [from_account, to_account] =
    difference > 0 ? (['program', account] as const) : ([account, 'program'] as const);
  return [
    {
      kind: 'adjust',
      from_account,
      to_account,
      amount_minor: Math.abs(difference),
      currency: value.currency,
      reason,
    },
  ];
}
