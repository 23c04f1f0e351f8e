import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { insertRows } from '../database/insert-rows.ts';
import type { FinalStandingsTable, ReferralStatus } from '../database/tables.ts';
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

/** A referral that is not decided yet, by the names that people use. */
export interface OpenReferral {
  readonly id: number;
  readonly referrer_id: string;
  readonly friend_id: string;
  readonly booking_reference: string;
  readonly status: ReferralStatus;
  /** The rule that it waits for. */
  readonly reason: string;
  /** When time decides; null where only a person or the booking can. */
  readonly hold_until: Instant | null;
}

/** The first referrals of a contest that are not decided yet, in booking order. */
export async function listOpenReferrals(
  queries: Queries,
  contestId: number,
  limit: number,
): Promise<readonly OpenReferral[]> {
  return queries
    .selectFrom('referrals as r')
    .innerJoin('customers as referrer', 'referrer.id', 'r.referrer_ref')
    .innerJoin('customers as friend', 'friend.id', 'r.friend_ref')
    .innerJoin('bookings as b', 'b.id', 'r.booking_id')
    .select(['r.id', 'referrer.customer_id as referrer_id', 'friend.customer_id as friend_id'])
    .select(['b.booking_reference', 'r.status', 'r.reason', 'r.hold_until'])
    .where('r.contest_id', '=', contestId)
    .where('r.status', 'in', ['pending', 'held'])
    .orderBy('r.booked_at')
    .orderBy('b.booking_reference')
    .orderBy('b.source')
    .limit(limit)
    .execute();
}

/** How many are not decided yet in a contest. */
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
