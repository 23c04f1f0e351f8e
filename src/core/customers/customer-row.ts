import type { CustomersTable } from '../database/tables.ts';
import { formatScaledInteger } from '../money.ts';
import { parseAttributes } from './parse-attributes.ts';

/** A customer as lists and exports show it: the names of the fields that an import takes, amounts as decimals. */
export interface CustomerRow {
  readonly [column: string]: string | number | null | Readonly<Record<string, string>>;
  readonly customer_id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The columns of a customer, attributes left out. */
export const CUSTOMER_COLUMNS = [
  'customer_id',
  'email',
  'first_name',
  'last_name',
  'name',
  'tier',
  'locale',
  'timezone',
  'phone',
  'country',
  'joined_at',
  'last_active_at',
  'consent',
  'consent_at',
  'consent_source',
  'total_bookings',
  'total_spend',
] as const;

export type CustomerColumn = (typeof CUSTOMER_COLUMNS)[number];

export type SelectedCustomer = Pick<
  CustomersTable,
  CustomerColumn | 'attributes' | 'source' | 'erased_at' | 'created_at' | 'updated_at'
>;

/** A row of the table as people see it. */
export function toCustomerRow(selected: SelectedCustomer): CustomerRow {
  const row: Record<string, string | number | null> = {};
  for (const column of CUSTOMER_COLUMNS) row[column] = selected[column];
  const { total_spend, attributes, source, erased_at, created_at, updated_at } = selected;
  row['total_spend'] = total_spend === null ? null : formatScaledInteger(total_spend, 2);
  return {
    ...row,
    customer_id: selected.customer_id,
    source,
    erased_at,
    created_at,
    updated_at,
    attributes: parseAttributes(attributes),
  };
}
