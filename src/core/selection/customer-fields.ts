import type { WhereFields } from './where-field.ts';

/** What `--where` can say about a customer whose row the query calls `customers`. */
export const customerFields: WhereFields = customerFieldsOf('customers');

/** The same, for a query that calls the customer's row something else. */
export function customerFieldsOf(alias: string): WhereFields {
  const column = (name: string) => `${alias}.${name}`;
  return {
    noun: 'customers',
    fields: {
      customer_id: { type: 'text', column: column('customer_id') },
      email: { type: 'address', column: column('email') },
      name: { type: 'text', column: column('name') },
      first_name: { type: 'text', column: column('first_name') },
      last_name: { type: 'text', column: column('last_name') },
      tier: { type: 'text', column: column('tier') },
      locale: { type: 'text', column: column('locale') },
      timezone: { type: 'text', column: column('timezone') },
      phone: { type: 'text', column: column('phone') },
      country: { type: 'text', column: column('country') },
      joined_at: { type: 'time', column: column('joined_at') },
      last_active_at: { type: 'time', column: column('last_active_at') },
      consent: { type: 'choice', column: column('consent'), choices: ['granted', 'withdrawn', 'unknown'] },
      consent_at: { type: 'time', column: column('consent_at') },
      consent_source: { type: 'text', column: column('consent_source') },
      total_bookings: { type: 'integer', column: column('total_bookings') },
      total_spend: { type: 'hundredths', column: column('total_spend') },
      source: { type: 'choice', column: column('source'), choices: ['import', 'booking', 'manual'] },
      erased_at: { type: 'time', column: column('erased_at') },
      created_at: { type: 'time', column: column('created_at') },
      updated_at: { type: 'time', column: column('updated_at') },
      segment: { type: 'segment', customer: column('id') },
      contest: { type: 'contest', customer: column('id') },
    },
    attributes: column('attributes'),
  };
}
