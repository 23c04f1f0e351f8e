import type { Expression, SqlBool } from 'kysely';
import type { Queries } from '../database/database.ts';
import { integersIn, textsIn } from '../database/list-parameter.ts';

/** What naming a person gives. */
export interface Person {
  readonly id: number;
  readonly customer_id: string;
  readonly address_key: string | null;
  readonly erased_at: string | null;
}

const PERSON = ['id', 'customer_id', 'address_key', 'erased_at'] as const;

export function listPeopleById(queries: Queries, customerIds: readonly string[]): Promise<Person[]> {
  return queries
    .selectFrom('customers')
    .select(PERSON)
    .where('customer_id', 'in', textsIn(queries, customerIds))
    .orderBy('customer_id')
    .execute();
}

export function listPeopleByAddress(queries: Queries, addressKeys: readonly string[]): Promise<Person[]> {
  return queries
    .selectFrom('customers')
    .select(PERSON)
    .where('address_key', 'in', textsIn(queries, addressKeys))
    .orderBy('customer_id')
    .execute();
}

export function listPeopleByKey(queries: Queries, keys: readonly number[]): Promise<Person[]> {
  return queries
    .selectFrom('customers')
    .select(PERSON)
    .where('id', 'in', integersIn(queries, keys))
    .orderBy('customer_id')
    .execute();
}

export function listPeopleWhere(queries: Queries, condition: Expression<SqlBool>): Promise<Person[]> {
  return queries.selectFrom('customers').select(PERSON).where(condition).orderBy('customer_id').execute();
}
