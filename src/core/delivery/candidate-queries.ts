import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { Consent } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** A pending delivery and what has to be looked at again before it is mailed. */
export interface Candidate {
  readonly id: number;
  readonly customer_ref: number;
  readonly email: string | null;
  readonly address_key: string;
  readonly variant: string;
  readonly attempts: number;
  readonly domain_class: string;
  readonly consent: Consent;
  readonly erased_at: Instant | null;
  readonly timezone: string | null;
}

// Word for word the condition of the index `deliveries_pending`: SQLite uses a partial index for no other.
const isPending = sql<boolean>`d.status = 'pending'`;

/** The next pending deliveries of a class that are not held; on PostgreSQL those that nobody else is claiming, locked. */
export async function listCandidates(
  queries: Queries,
  campaignId: number,
  domainClass: string,
  now: Instant,
  limit: number,
): Promise<readonly Candidate[]> {
  const isPostgres = engineOf(queries) === 'postgres';
  return queries
    .selectFrom('deliveries as d')
    .innerJoin('customers as c', 'c.id', 'd.customer_ref')
    .select(['d.id', 'd.customer_ref', 'd.email', 'd.address_key', 'd.variant', 'd.attempts'])
    .select(['d.domain_class', 'c.consent', 'c.erased_at', 'c.timezone'])
    .where('d.campaign_id', '=', campaignId)
    .where('d.domain_class', '=', domainClass)
    .where(isPending)
    .where('d.not_before', '<=', now)
    .orderBy('d.not_before')
    .orderBy('d.id')
    .limit(limit)
    .$if(isPostgres, (query) => query.forUpdate('d').skipLocked())
    .execute();
}

export interface PendingClass {
  readonly name: string;
  /** The earliest time at which something of it may go. */
  readonly next_at: Instant;
}

/** The classes that have pending deliveries, by name: a step in the index for each, however many deliveries there are. */
export async function listPendingClasses(
  queries: Queries,
  campaignId: number,
): Promise<readonly PendingClass[]> {
  const campaign = engineOf(queries) === 'postgres' ? sql`${campaignId}::bigint` : sql`${campaignId}`;
  const ofCampaign = sql`from deliveries as d where d.campaign_id = ${campaign} and ${isPending}`;
  const { rows } = await sql<PendingClass>`with recursive classes (name) as (
      select (select d.domain_class ${ofCampaign} order by d.domain_class limit 1)
      union all
      select (select d.domain_class ${ofCampaign} and d.domain_class > classes.name order by d.domain_class limit 1)
      from classes where classes.name is not null
    )
    select name, (select d.not_before ${ofCampaign} and d.domain_class = classes.name order by d.not_before limit 1) as next_at
    from classes where name is not null`.execute(queries);
  return rows.filter((row) => row.next_at !== null);
}
