import type { Expression, SqlBool } from 'kysely';
import type { Queries } from '../database/database.ts';
import { CUSTOMER_COLUMNS, type SelectedCustomer } from './customer-row.ts';

export interface CustomerPage {
  readonly after: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** A page of customers in the order of their ids, by bytes. */
export function listCustomerPage(
  queries: Queries,
  condition: Expression<SqlBool>,
  { after, offset, limit }: CustomerPage,
): Promise<SelectedCustomer[]> {
  let query = queries
    .selectFrom('customers')
    .select([...CUSTOMER_COLUMNS, 'attributes', 'source', 'erased_at', 'created_at', 'updated_at'])
    .where(condition)
    .orderBy('customer_id')
    .limit(limit);
  if (after !== undefined) query = query.where('customer_id', '>', after);
  if (offset > 0) query = query.offset(offset);
  return query.execute();
}
