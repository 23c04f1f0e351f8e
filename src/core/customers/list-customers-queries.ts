import { type Expression, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
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

/** The names of all attributes that customers have, sorted by bytes. */
export async function listAttributeNames(queries: Queries): Promise<string[]> {
  const names =
    engineOf(queries) === 'postgres'
      ? sql<{ name: string }>`select distinct list.key collate "C" as name
          from customers, jsonb_object_keys(customers.attributes) as list (key) order by 1`
      : sql<{
          name: string;
        }>`select distinct list.key as name from customers, json_each(customers.attributes) as list order by 1`;
  const { rows } = await names.execute(queries);
  return rows.map((row) => row.name);
}
