import { formatMinorUnits } from '../../money.ts';

/** Minor units as a decimal; a count of what is no money (`free_days`, `points`, `badges`) as it is. */
export function amountText(minor: unknown, currency: unknown): string | null {
  if (typeof minor !== 'number' || typeof currency !== 'string') return null;
  return /^[A-Z]{3}$/.test(currency) ? formatMinorUnits(minor, currency) : String(minor);
}
