import { getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Config } from '../settings/config.ts';
import type { Keyring } from '../settings/keyring.ts';
import { loadRecipientValues } from '../templates/recipient-values.ts';
import type { Values } from '../templates/values.ts';
import { sampleValues } from '../templates/variables.ts';
import type { Campaign } from './campaign.ts';
import { findCustomerRef } from './campaign-queries.ts';
import { loadCampaignMessages, variablesOf } from './load-campaign-messages.ts';

/** What a test mail is filled with: sample data, over which a customer's own is laid where one is named. */
export async function loadTestValues(
  queries: Queries,
  campaign: Campaign,
  customerId: string | undefined,
  { config, keyring }: { readonly config: Config; readonly keyring: Keyring },
): Promise<Values> {
  const contest = await getContest(queries, campaign.contest);
  const { organisation, postal_address } = config.mail;
  // Whoever tries the link in a test must not unsubscribe a customer.
  const unsubscribe_link = `${config.unsubscribe.base_url.replace(/\/+$/, '')}/test-mail`;
  const shared = {
    campaign: campaign.slug,
    contest: contest.slug,
    contest_name: contest.name,
    benefit: contest.benefit,
  };
  const sample = { ...sampleValues(), ...shared, organisation, postal_address, unsubscribe_link };
  if (customerId === undefined) return sample;
  const ref = await findCustomerRef(queries, customerId);
  const { byVariant } = await loadCampaignMessages(queries, campaign);
  const variables = variablesOf(byVariant.values());
  const options = { contest, campaign: campaign.slug, config, keyring, variables };
  const own =
    ref === undefined
      ? undefined
      : (await loadRecipientValues(queries, { ...options, customerRefs: [ref] })).get(ref);
  if (own === undefined) {
    throw new ReferralError('not_found', `There is no customer "${customerId}"`, {
      hint: 'List them: referral customers list',
    });
  }
  const known = Object.entries(own).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return { ...sample, ...Object.fromEntries(known), unsubscribe_link };
}
