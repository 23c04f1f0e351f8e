import type { Queries } from '../database/database.ts';
import type { AcceptedMail } from './pretend-events.ts';

/** The mails of a campaign that were accepted, as the provider knows them. */
export async function listAcceptedMails(
  queries: Queries,
  campaign: string,
): Promise<readonly AcceptedMail[]> {
  const instance = await queries
    .selectFrom('meta')
    .select('value')
    .where('name', '=', 'instance_id')
    .executeTakeFirstOrThrow();
  const rows = await queries
    .selectFrom('deliveries')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select(['deliveries.id', 'email', 'provider_message_id', 'sent_at'])
    .where('campaigns.slug', '=', campaign)
    .where('deliveries.status', '=', 'accepted')
    .orderBy('deliveries.id')
    .execute();
  return rows.flatMap(({ id, email, provider_message_id, sent_at }) =>
    email === null || sent_at === null
      ? []
      : [{ delivery: `${instance.value}-${id}`, email, messageId: provider_message_id, sentAt: sent_at }],
  );
}

/** The active code of each participant of a contest, by `customer_id`. */
export async function listActiveCodes(
  queries: Queries,
  contest: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await queries
    .selectFrom('codes')
    .innerJoin('contests', 'contests.id', 'codes.contest_id')
    .innerJoin('customers', 'customers.id', 'codes.customer_ref')
    .select(['customers.customer_id', 'codes.code'])
    .where('contests.slug', '=', contest)
    .where('codes.status', '=', 'active')
    .execute();
  return new Map(rows.map(({ customer_id, code }) => [customer_id, code]));
}
