import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { Instant } from '../time.ts';

interface Count {
  readonly count: number;
}

export async function countDeliveries(
  queries: Queries,
): Promise<(Count & { readonly campaign: string; readonly status: string })[]> {
  return queries
    .selectFrom('deliveries')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select(['campaigns.slug as campaign', 'deliveries.status'])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .groupBy(['campaigns.slug', 'deliveries.status'])
    .orderBy('campaigns.slug')
    .orderBy('deliveries.status')
    .execute();
}

/** Mails of campaigns that are being sent, accepted since a time. */
export async function countAcceptedSince(
  queries: Queries,
  since: Instant,
): Promise<(Count & { readonly campaign: string })[]> {
  return queries
    .selectFrom('campaigns')
    .leftJoin('deliveries', (join) =>
      join
        .onRef('deliveries.campaign_id', '=', 'campaigns.id')
        .on('deliveries.status', '=', 'accepted')
        .on('deliveries.sent_at', '>=', since),
    )
    .select('campaigns.slug as campaign')
    .select((eb) => eb.fn.count<number>('deliveries.id').as('count'))
    .where('campaigns.status', '=', 'sending')
    .groupBy('campaigns.slug')
    .orderBy('campaigns.slug')
    .execute();
}

/** Mails per second that each campaign may send; 0 is no limit. */
export async function listRateLimits(
  queries: Queries,
): Promise<{ readonly name: string; readonly rate: number }[]> {
  return queries
    .selectFrom('rate_buckets')
    .select(['name', 'rate'])
    .where('rate', '>', 0)
    .orderBy('name')
    .execute();
}

export async function countByStatus(
  queries: Queries,
  table: 'campaigns' | 'contests' | 'referrals' | 'rewards',
): Promise<(Count & { readonly status: string })[]> {
  return queries
    .selectFrom(table)
    .select('status')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .groupBy('status')
    .orderBy('status')
    .execute();
}

export async function countByConsent(queries: Queries): Promise<(Count & { readonly consent: string })[]> {
  return queries
    .selectFrom('customers')
    .select('consent')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('erased_at', 'is', null)
    .groupBy('consent')
    .orderBy('consent')
    .execute();
}

export async function countOpenSenders(queries: Queries): Promise<number> {
  const { count } = await queries
    .selectFrom('senders')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('stopped_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** What lies in each account, in minor units, or pieces of what is no money. */
export async function listLedgerBalances(
  queries: Queries,
): Promise<{ readonly account: string; readonly currency: string; readonly amount_minor: number }[]> {
  const { rows } = await sql<{ account: string; currency: string; amount_minor: number }>`
    select account, currency, sum(amount_minor) as amount_minor from (
      select to_account as account, currency, amount_minor from ledger_entries
      union all select from_account as account, currency, -amount_minor as amount_minor from ledger_entries) moves
    group by account, currency order by account, currency`.execute(queries);
  return rows;
}

/** When each job was last done. */
export async function listLastDone(
  queries: Queries,
): Promise<{ readonly job: string; readonly finished_at: Instant | null }[]> {
  return queries
    .selectFrom('job_runs')
    .select('job')
    .select((eb) => eb.fn.max('finished_at').as('finished_at'))
    .where('status', 'in', ['done', 'partial'])
    .groupBy('job')
    .orderBy('job')
    .execute();
}

/** Bytes that the database takes. */
export async function findDatabaseBytes(queries: Queries): Promise<number> {
  const { rows } = await (engineOf(queries) === 'postgres'
    ? sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`
    : sql<{
        bytes: number;
      }>`select c.page_count * s.page_size as bytes from pragma_page_count c, pragma_page_size s`
  ).execute(queries);
  return Number(rows[0]?.bytes ?? 0);
}
