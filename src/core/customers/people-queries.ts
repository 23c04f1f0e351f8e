import type { Expression, SqlBool } from 'kysely';
import type { Queries } from '../database/database.ts';
import { textsIn } from '../database/list-parameter.ts';

/** What naming a person gives. */
export interface Person {
  readonly id: number;
  readonly customer_id: string;
  readonly address_key: string | null;
}

const PERSON = ['id', 'customer_id', 'address_key'] as const;

/** Customers by `customer_id`. */
export function listPeopleById(queries: Queries, customerIds: readonly string[]): Promise<Person[]> {
  return queries
    .selectFrom('customers')
    .select(PERSON)
    .where('customer_id', 'in', textsIn(queries, customerIds))
    .execute();
}

/** Customers by address key, all who share it. */
export function listPeopleByAddress(queries: Queries, addressKeys: readonly string[]): Promise<Person[]> {
  return queries
    .selectFrom('customers')
    .select(PERSON)
    .where('address_key', 'in', textsIn(queries, addressKeys))
    .execute();
}

/** Customers for whom a condition holds. */
export function listPeopleWhere(queries: Queries, condition: Expression<SqlBool>): Promise<Person[]> {
  return queries.selectFrom('customers').select(PERSON).where(condition).execute();
}
