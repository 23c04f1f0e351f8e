import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { insertRows } from '../database/insert-rows.ts';
import type { FinalStandingsTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';

export async function insertFinalStandings(
  queries: Queries,
  rows: readonly FinalStandingsTable[],
): Promise<void> {
  await insertRows(queries, 'final_standings', rows);
}

/** Those of a frozen leaderboard who won something. */
export async function listWinningRows(queries: Queries, contestId: number) {
  return queries
    .selectFrom('final_standings as s')
    .innerJoin('customers as c', 'c.id', 's.customer_ref')
    .select(['s.customer_ref', 'c.customer_id', 's.prize_position', 's.drawn'])
    .where('s.contest_id', '=', contestId)
    .where((eb) => eb.or([eb('s.prize_position', 'is not', null), eb('s.drawn', 'is not', null)]))
    .orderBy('s.position')
    .execute();
}

export interface OpenReferrals {
  /** Bookings that are not completed yet. */
  readonly pending: number;
  /** Held, by time or for a person to decide. */
  readonly held: number;
  /** Of those, the ones that only time holds, and when the last of them is free. */
  readonly waiting: number;
  readonly until: Instant | null;
}

/** What is not decided yet in a contest. */
export async function countOpenReferrals(queries: Queries, contestId: number): Promise<OpenReferrals> {
  const isWaiting = sql`status = 'held' and reason = 'approval.hold_days'`;
  return queries
    .selectFrom('referrals')
    .select([
      sql<number>`coalesce(sum(case when status = 'pending' then 1 else 0 end), 0)`.as('pending'),
      sql<number>`coalesce(sum(case when status = 'held' then 1 else 0 end), 0)`.as('held'),
      sql<number>`coalesce(sum(case when ${isWaiting} then 1 else 0 end), 0)`.as('waiting'),
      sql<Instant | null>`max(case when ${isWaiting} then hold_until end)`.as('until'),
    ])
    .where('contest_id', '=', contestId)
    .executeTakeFirstOrThrow();
}
