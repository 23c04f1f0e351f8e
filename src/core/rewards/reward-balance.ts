import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import { type BalanceScope, listBalances } from './ledger-queries.ts';

/** What one customer has in one currency; decimal strings. */
export interface Balance {
  readonly customer_id: string;
  readonly currency: string;
  /** Kept back, because a referral is held again. */
  readonly held: string;
  /** Available or claimed: what the next payout settles. */
  readonly available: string;
  /** What was handed out. */
  readonly paid: string;
  /** What the next payout hands out; below 0 what the customer owes from rewards reversed after they were paid. */
  readonly balance: string;
}

/** The balances of customers, by customer_id and currency, from the ledger. */
export async function listRewardBalances(
  queries: Queries,
  scope: BalanceScope = {},
): Promise<readonly Balance[]> {
  const rows = await listBalances(queries, scope);
  return rows.map(({ customer_id, currency, held, available, claimed, paid_account, paid_out }) => {
    const format = (minor: number): string => formatMinorUnits(minor, currency);
    return {
      customer_id,
      currency,
      held: format(held),
      available: format(available + claimed),
      paid: format(paid_out),
      balance: format(available + claimed + paid_account - paid_out),
    };
  });
}
