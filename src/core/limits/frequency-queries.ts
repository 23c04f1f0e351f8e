import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { Instant } from '../time.ts';

/** Campaigns that may have mailed somebody since then. */
export async function listCampaignsSince(queries: Queries, since: Instant): Promise<readonly number[]> {
  const rows = await queries
    .selectFrom('campaigns')
    .select('id')
    .where('started_at', 'is not', null)
    .where(({ or, eb }) => or([eb('finished_at', 'is', null), eb('finished_at', '>=', since)]))
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Those of these address keys that were mailed at least `mails` times since then, or may have been. Looked up by the key
 * that makes a delivery unique, in each of the campaigns.
 */
export async function listMailedOften(
  queries: Queries,
  campaignIds: readonly number[],
  addressKeys: readonly string[],
  since: Instant,
  mails: number,
): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('deliveries')
    .select('address_key')
    .where(isOneOf(queries, 'campaign_id', campaignIds))
    .where(isOneOf(queries, 'address_key', addressKeys))
    .where('status', 'in', ['claimed', 'sending', 'accepted', 'in_doubt'])
    .where('claimed_at', '>=', since)
    .groupBy('address_key')
    .having(({ fn }) => fn.countAll(), '>=', mails)
    .execute();
  return rows.map((row) => row.address_key);
}

/** On PostgreSQL as an array, whose length its planner knows: it takes a list of unknown length for a reason to read the whole table. */
function isOneOf(
  queries: Queries,
  column: 'campaign_id' | 'address_key',
  values: readonly (string | number)[],
): RawBuilder<boolean> {
  if (engineOf(queries) === 'sqlite') {
    return sql<boolean>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`;
  }
  const type = column === 'campaign_id' ? sql`bigint[]` : sql`text[]`;
  return sql<boolean>`${sql.ref(column)} = any(${values}::${type})`;
}

/** Until the transaction ends no other claim counts: two campaigns can't both find the last mail of a person free. */
export async function lockFrequency(queries: Queries): Promise<void> {
  // SQLite has one writer at a time anyway.
  if (engineOf(queries) === 'sqlite') return;
  await sql`select pg_advisory_xact_lock(hashtextextended('referral frequency cap', 0))`.execute(queries);
}
