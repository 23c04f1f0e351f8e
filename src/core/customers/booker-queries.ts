import type { Queries } from '../database/database.ts';
import { textsIn } from '../database/list-parameter.ts';

/** Keys of customers by `customer_id`. */
export async function findCustomerKeys(
  queries: Queries,
  customerIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await queries
    .selectFrom('customers')
    .select(['id', 'customer_id'])
    .where('customer_id', 'in', textsIn(queries, customerIds))
    .execute();
  return new Map(rows.map((row) => [row.customer_id, row.id]));
}

/** Keys of customers by address; of several with the same mailbox, the one that came first. */
export async function findKeysByAddress(
  queries: Queries,
  addressKeys: readonly string[],
): Promise<Map<string, number>> {
  const rows = await queries
    .selectFrom('customers')
    .select(['address_key', (of) => of.fn.min('id').as('id')])
    .where('address_key', 'in', textsIn(queries, addressKeys))
    .groupBy('address_key')
    .execute();
  return new Map(rows.flatMap((row) => (row.address_key === null ? [] : [[row.address_key, row.id]])));
}
