import { parseMinorUnits } from '../money.ts';
import type { RewardValue } from './reward-value.ts';

/** What a contest may still give away, per currency. */
export interface Budget {
  /** Takes the value out of the budget, or says that it does not fit. */
  take(value: RewardValue): boolean;
}

/**
 * The budget of the rules (decimal strings per currency; a currency that is not named has no limit), of which `spent`
 * (minor units per currency) is gone already.
 */
export function createBudget(
  budget: Readonly<Record<string, string>>,
  spent: ReadonlyMap<string, number>,
): Budget {
  const left = new Map<string, number>();
  for (const [currency, amount] of Object.entries(budget)) {
    left.set(currency, parseMinorUnits(amount, currency, 'limits.budget') - (spent.get(currency) ?? 0));
  }
  return {
    take({ currency, amount_minor }) {
      const rest = left.get(currency);
      if (rest === undefined) return true;
      if (amount_minor > rest) return false;
      left.set(currency, rest - amount_minor);
      return true;
    },
  };
}
