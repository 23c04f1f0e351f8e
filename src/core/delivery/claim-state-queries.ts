import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { CampaignStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** What a claim has to know of its campaign, and what the database's own clock says; undefined on SQLite, which has none. */
export interface ClaimState {
  readonly status: CampaignStatus;
  readonly approved_at: Instant | null;
  /** Milliseconds since the epoch. */
  readonly serverTime: number | null;
}

/** Milliseconds since the epoch by the database server's clock, read at this very moment; null on SQLite. */
export function serverTimeOf(queries: Queries) {
  return engineOf(queries) === 'postgres'
    ? sql<number | null>`(extract(epoch from clock_timestamp()) * 1000)::float8`
    : sql<number | null>`null`;
}

export async function findClaimState(queries: Queries, campaignId: number): Promise<ClaimState | undefined> {
  return queries
    .selectFrom('campaigns')
    .select(['status', 'approved_at', serverTimeOf(queries).as('serverTime')])
    .where('id', '=', campaignId)
    .executeTakeFirst();
}

/** Milliseconds since the epoch by the database server's clock; undefined on SQLite. */
export async function findServerTime(queries: Queries): Promise<number | undefined> {
  if (engineOf(queries) === 'sqlite') return undefined;
  const { rows } = await sql<{ time: number }>`select ${serverTimeOf(queries)} as time`.execute(queries);
  return rows[0]?.time;
}
