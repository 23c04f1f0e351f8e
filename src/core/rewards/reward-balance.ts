import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFieldsOf } from '../selection/customer-fields.ts';
import type { Instant } from '../time.ts';
import { amongCustomers, listBalances } from './ledger-queries.ts';

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

export interface BalanceScope {
  /** Only these customers; all when empty. */
  readonly customerIds?: readonly string[];
  /** Conditions on customers. */
  readonly where?: readonly string[];
  readonly limit?: number | undefined;
  readonly offset?: number;
  readonly now: Instant;
  readonly timezone?: string;
}

/** The balances of customers, by customer_id and currency, from the ledger. Throws `usage` for a condition. */
export async function listRewardBalances(
  queries: Queries,
  { customerIds = [], where = [], limit, offset = 0, now, timezone = 'UTC' }: BalanceScope,
): Promise<readonly Balance[]> {
  const condition = await compileWhere(queries, where, customerFieldsOf('c'), { now, timezone });
  const rows = await listBalances(queries, amongCustomers(condition, customerIds), { limit, offset });
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
