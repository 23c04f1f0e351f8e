import { currencyExponent } from '../money.ts';
import type { Amount } from './rules-parts.ts';

/**
 * An amount of the rules in minor units of the booking's currency: `"100.00"` is 10000 for EUR and 100 for JPY. What is
 * finer than the currency is rounded `up` (for a minimum) or `down` (for a cap), so that comparing whole minor units is
 * exact. Undefined where the rules give amounts per currency and name no such currency: there is no minimum, no cap.
 */
export function findRuleAmount(
  amount: Amount,
  currency: string,
  rounding: 'up' | 'down',
): number | undefined {
  const text = typeof amount === 'string' ? amount : amount[currency];
  if (text === undefined) return undefined;
  const [whole = '0', fraction = ''] = text.split('.');
  const exponent = currencyExponent(currency);
  const minor = Number(BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0')));
  return rounding === 'up' && /[1-9]/.test(fraction.slice(exponent)) ? minor + 1 : minor;
}
