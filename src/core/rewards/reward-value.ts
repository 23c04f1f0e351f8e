import { findRuleAmount } from '../contests/rule-amount.ts';
import type { ReferralReward } from '../contests/rules-parts.ts';
import type { RewardType } from '../database/tables.ts';
import { parseMinorUnits, percentageOf } from '../money.ts';

/** What a reward is worth: an amount in minor units of a currency, or a number of days, points or badges. */
export interface RewardValue {
  readonly type: RewardType;
  /** ISO 4217, or `free_days`, `points`, `badges`. */
  readonly currency: string;
  /** Always above 0. */
  readonly amount_minor: number;
  readonly badge: string | null;
}

/** What counts of a booking: its amount less refunds, in minor units. */
export interface RewardBasis {
  readonly amount_minor: number;
  readonly currency: string;
}

/**
 * The value of a reward of the rules; a percentage is of the basis, rounded half up to the minor unit and capped by
 * `max`. Undefined when it comes to nothing.
 */
export function findRewardValue(
  reward: ReferralReward,
  basis: RewardBasis | undefined,
): RewardValue | undefined {
  switch (reward.type) {
    case 'money': {
      const amount = parseMinorUnits(reward.amount, reward.currency, 'rewards');
      return { type: 'money', currency: reward.currency, amount_minor: amount, badge: null };
    }
    case 'percentage': {
      if (basis === undefined) return undefined;
      const share = percentageOf(basis.amount_minor, reward.percent);
      const most = reward.max === undefined ? undefined : findRuleAmount(reward.max, basis.currency, 'down');
      const amount = most === undefined ? share : Math.min(share, most);
      if (amount === 0) return undefined;
      return { type: 'percentage', currency: basis.currency, amount_minor: amount, badge: null };
    }
    case 'free_days':
      return { type: 'free_days', currency: 'free_days', amount_minor: reward.days, badge: null };
    case 'points':
      return { type: 'points', currency: 'points', amount_minor: reward.points, badge: null };
    case 'badge':
      return { type: 'badge', currency: 'badges', amount_minor: 1, badge: reward.name };
  }
}
