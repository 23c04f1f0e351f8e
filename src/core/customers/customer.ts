import type { CustomersTable } from '../database/tables.ts';

/** What an import can change of a customer; attributes as an object of texts. */
export interface CustomerData
  extends Omit<
    CustomersTable,
    'id' | 'customer_id' | 'attributes' | 'source' | 'row_hash' | 'erased_at' | 'created_at' | 'updated_at'
  > {
  readonly attributes: Readonly<Record<string, string>>;
}

/** A customer as the database has it. */
export interface StoredCustomer extends CustomerData {
  readonly id: number;
  readonly customer_id: string;
  readonly erased_at: string | null;
  readonly updated_at: string;
}

/** What one row of an import says: a field that its file has no column for is absent, one whose cell is empty is null. */
export interface CustomerChange {
  readonly customer_id: string;
  readonly fields: Partial<Omit<CustomerData, 'attributes' | 'consent'>>;
  /** Undefined when the row says nothing about it. */
  readonly consent: CustomerData['consent'] | undefined;
  readonly attributes: Readonly<Record<string, string | null>>;
  /** Tells the row from others; null where it does not count. */
  readonly row_hash: number | null;
}

/** A customer of whom nothing is known yet. */
export const EMPTY_CUSTOMER: CustomerData = {
  email: null,
  address_key: null,
  name: null,
  first_name: null,
  last_name: null,
  tier: null,
  locale: null,
  timezone: null,
  phone: null,
  country: null,
  joined_at: null,
  last_active_at: null,
  consent: 'unknown',
  consent_at: null,
  consent_source: null,
  total_bookings: null,
  total_spend: null,
  attributes: {},
};
