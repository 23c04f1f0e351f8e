import { getContest } from '../contests/get-contest.ts';
import { parseAddress } from '../customers/address-key.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Config } from '../settings/config.ts';
import type { Keyring } from '../settings/keyring.ts';
import { findContestOf, findCustomerRef } from './recipient-queries.ts';
import { createValuesLoader } from './recipient-values.ts';
import type { Values } from './values.ts';

export interface CustomerValuesOptions {
  /** A `customer_id` or an address. */
  readonly customer: string;
  /** The slug of a contest; without it the one that the customer joined last, a running one first. */
  readonly contest?: string | undefined;
  readonly config: Config;
  readonly keyring: Keyring;
  readonly variables: readonly string[];
}

/** The values of one customer, to see a template as they would. Throws `not_found`. */
export async function getCustomerValues(queries: Queries, options: CustomerValuesOptions): Promise<Values> {
  const { customer, config, keyring, variables } = options;
  const ref = await findCustomerRef(queries, customer, parseAddress(customer)?.address_key);
  if (ref === undefined) {
    throw new ReferralError('not_found', `There is no customer "${customer}"`, {
      hint: 'List them: referral customers list',
    });
  }
  const slug = options.contest ?? (await findContestOf(queries, ref));
  if (slug === undefined) {
    throw new ReferralError('not_found', `${customer} takes part in no contest`, {
      hint: 'Say which one it is about: --contest SLUG',
    });
  }
  const contest = await getContest(queries, slug);
  const values = await createValuesLoader({ contest, config, keyring, variables })(queries, [ref]);
  return values.get(ref) ?? {};
}
