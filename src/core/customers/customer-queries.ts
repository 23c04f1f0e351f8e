import { type RawBuilder, sql } from 'kysely';
import { canonicalJson } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { textsIn } from '../database/list-parameter.ts';
import { type JsonColumnType, rowsOfJson } from '../database/rows-of-json.ts';
import type { CustomersTable } from '../database/tables.ts';
import type { CustomerData, StoredCustomer } from './customer.ts';
import { parseAttributes } from './parse-attributes.ts';

const DATA_COLUMNS = {
  email: 'text',
  address_key: 'text',
  name: 'text',
  first_name: 'text',
  last_name: 'text',
  tier: 'text',
  locale: 'text',
  timezone: 'text',
  phone: 'text',
  country: 'text',
  joined_at: 'time',
  last_active_at: 'time',
  consent: 'text',
  consent_at: 'time',
  consent_source: 'text',
  total_bookings: 'integer',
  total_spend: 'integer',
  attributes: 'json',
} as const satisfies Readonly<Record<keyof CustomerData, JsonColumnType>>;
const DATA_NAMES = Object.keys(DATA_COLUMNS) as (keyof CustomerData)[];
const UPDATE_COLUMNS = { id: 'integer', ...DATA_COLUMNS, row_hash: 'integer' } as const;
const INSERT_COLUMNS = { customer_id: 'text', ...DATA_COLUMNS, row_hash: 'integer' } as const;

/** The customers of these ids, locked against other changes until the transaction ends. */
export async function lockCustomersById(
  transaction: Queries,
  customerIds: readonly string[],
): Promise<StoredCustomer[]> {
  const query = transaction
    .selectFrom('customers')
    .select(['id', 'customer_id', 'erased_at', 'updated_at', ...DATA_NAMES])
    .where('customer_id', 'in', textsIn(transaction, customerIds));
  const rows = await (engineOf(transaction) === 'postgres'
    ? query.orderBy('id').forUpdate()
    : query
  ).execute();
  return rows.map((row) => ({ ...row, attributes: parseAttributes(row.attributes) }));
}

export interface NewCustomer {
  readonly customer_id: string;
  readonly data: CustomerData;
  /** Of the row that they come from, where they come from one. */
  readonly row_hash: number | null;
}

/** Adds customers whose ids are not taken yet. */
export async function insertCustomers(
  transaction: Queries,
  customers: readonly NewCustomer[],
  { source, now }: { readonly source: CustomersTable['source']; readonly now: string },
): Promise<void> {
  if (customers.length === 0) return;
  const rows = customers.map(({ customer_id, row_hash, data }) => ({
    customer_id,
    row_hash,
    ...toColumns(data),
  }));
  const names = sql.join(Object.keys(INSERT_COLUMNS).map((name) => sql.ref(name)));
  await sql`insert into customers (${names}, source, created_at, updated_at)
    select ${names}, ${source}, ${asTime(transaction, now)}, ${asTime(transaction, now)}
    from ${rowsOfJson(transaction, 'added', INSERT_COLUMNS, rows)}`.execute(transaction);
}

export interface ChangedCustomer {
  readonly id: number;
  readonly data: CustomerData;
  readonly row_hash: number | null;
}

/** Writes the data of customers that are there. */
export async function updateCustomers(
  transaction: Queries,
  customers: readonly ChangedCustomer[],
  now: string,
): Promise<void> {
  if (customers.length === 0) return;
  const rows = customers.map(({ id, row_hash, data }) => ({ id, row_hash, ...toColumns(data) }));
  const assignments = [...DATA_NAMES, 'row_hash'].map(
    (name) => sql`${sql.ref(name)} = changed.${sql.ref(name)}`,
  );
  await sql`update customers set ${sql.join(assignments)}, updated_at = ${asTime(transaction, now)}
    from ${rowsOfJson(transaction, 'changed', UPDATE_COLUMNS, rows)}
    where customers.id = changed.id`.execute(transaction);
}

/** Keeps a second writer of customers waiting until this transaction ends; SQLite has one writer anyway. */
export async function lockCustomers(transaction: Queries): Promise<void> {
  if (engineOf(transaction) === 'postgres') {
    await sql`select pg_advisory_xact_lock(hashtext('referral.customers'))`.execute(transaction);
  }
}

/** Customers that imports keep, by key, after the one given: for comparing with a file. */
export function listImportedAfter(queries: Queries, id: number, limit: number) {
  return queries
    .selectFrom('customers')
    .select(['id', 'customer_id'])
    .where('id', '>', id)
    .where('source', '=', 'import')
    .where('erased_at', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** The highest key in use; 0 when there is no customer. */
export async function findLastCustomerKey(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('customers')
    .select((of) => of.fn.max('id').as('last'))
    .executeTakeFirst();
  return row?.last ?? 0;
}

/** How many customers there are who are not erased. */
export async function countUnerased(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('customers')
    .select((of) => of.fn.countAll<number>().as('customers'))
    .where('erased_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.customers);
}

/** Records a file that was taken in. */
export async function insertImport(
  transaction: Queries,
  row: {
    readonly sha256: string;
    readonly rows: number;
    readonly run_id: number | null;
    readonly imported_at: string;
  },
): Promise<void> {
  await transaction
    .insertInto('imports')
    .values({ kind: 'customers', scope: '', ...row })
    .execute();
}

function toColumns(data: CustomerData): Record<keyof CustomerData, string | number | null> {
  return { ...data, attributes: canonicalJson(data.attributes) };
}

// In a select list PostgreSQL takes a parameter for text unless told otherwise.
function asTime(queries: Queries, instant: string): RawBuilder<string> {
  return engineOf(queries) === 'postgres' ? sql`${instant}::timestamptz` : sql`${instant}`;
}
