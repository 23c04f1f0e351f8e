import { currencyExponent, formatMinorUnits } from '../money.ts';

/** What the provider asks for a campaign. */
export interface PlanCost {
  /** A decimal string in the currency's own exponent, rounded half up. */
  readonly amount: string;
  readonly currency: string;
  /** As configured, a decimal string. */
  readonly per_thousand: string;
}

// The finest price that can be set, in decimals.
const DECIMALS = 6;

/** `perThousand` for each thousand mails, in proportion; exact, without binary fractions. */
export function computeCost(mails: number, perThousand: string, currency: string): PlanCost {
  const [whole = '0', fraction = ''] = perThousand.split('.');
  const price = BigInt(whole + fraction.padEnd(DECIMALS, '0').slice(0, DECIMALS));
  const divisor = 1_000n * 10n ** BigInt(DECIMALS);
  const exact = BigInt(mails) * price * 10n ** BigInt(currencyExponent(currency));
  const minor = (exact + divisor / 2n) / divisor;
  return { amount: formatMinorUnits(Number(minor), currency), currency, per_thousand: perThousand };
}
