import type { Queries } from '../database/database.ts';
import { textsIn } from '../database/list-parameter.ts';
import { EMPTY_CUSTOMER, type StoredCustomer } from './customer.ts';
import { parseAttributes } from './parse-attributes.ts';

const DATA_NAMES = Object.keys(EMPTY_CUSTOMER) as (keyof typeof EMPTY_CUSTOMER)[];

/** The customers of these ids who are not erased, not locked. */
export async function listCustomersById(
  queries: Queries,
  customerIds: readonly string[],
): Promise<StoredCustomer[]> {
  const rows = await queries
    .selectFrom('customers')
    .select(['id', 'customer_id', 'erased_at', 'updated_at', ...DATA_NAMES])
    .where('customer_id', 'in', textsIn(queries, customerIds))
    .where('erased_at', 'is', null)
    .execute();
  return rows.map((row) => ({ ...row, attributes: parseAttributes(row.attributes) }));
}

/** Who has these addresses. */
export function listHolders(queries: Queries, addressKeys: readonly string[]) {
  return queries
    .selectFrom('customers')
    .select(['customer_id', 'address_key'])
    .where('address_key', 'in', textsIn(queries, addressKeys))
    .where('erased_at', 'is', null)
    .orderBy('customer_id')
    .execute();
}
