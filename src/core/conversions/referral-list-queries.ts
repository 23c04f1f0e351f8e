import { type Expression, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { BookingStatus, ReferralStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** A referral with the names that people use. */
export interface ReferralDetailRow {
  readonly id: number;
  readonly contest: string;
  readonly contest_id: number;
  readonly code: string;
  readonly referrer_id: string;
  readonly friend_id: string;
  readonly referrer_tier: string | null;
  readonly source: string;
  readonly booking_reference: string;
  readonly booking_id: number;
  readonly booking_status: BookingStatus;
  readonly status: ReferralStatus;
  readonly reason: string;
  readonly evidence: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly booked_at: Instant;
  readonly hold_until: Instant | null;
  readonly decided_at: Instant | null;
  readonly decided_by: string | null;
  readonly attributes: string;
  readonly created_at: Instant;
  readonly updated_at: Instant;
}

function referralDetails(queries: Queries) {
  return queries
    .selectFrom('referrals as r')
    .innerJoin('contests', 'contests.id', 'r.contest_id')
    .innerJoin('codes', 'codes.id', 'r.code_id')
    .innerJoin('customers as referrer', 'referrer.id', 'r.referrer_ref')
    .innerJoin('customers as friend', 'friend.id', 'r.friend_ref')
    .innerJoin('bookings as b', 'b.id', 'r.booking_id')
    .select(['r.id', 'r.contest_id', 'r.status', 'r.reason', 'r.evidence', 'r.amount_minor', 'r.currency'])
    .select(['r.booked_at', 'r.hold_until', 'r.decided_at', 'r.decided_by', 'r.created_at', 'r.updated_at'])
    .select([
      'contests.slug as contest',
      'codes.code',
      'b.id as booking_id',
      'b.source',
      'b.booking_reference',
    ])
    .select(['b.status as booking_status', 'b.attributes'])
    .select(['referrer.customer_id as referrer_id', 'referrer.tier as referrer_tier'])
    .select('friend.customer_id as friend_id');
}

/** One page of the referrals that fulfil a condition, by id. */
export async function listReferralPage(
  queries: Queries,
  condition: Expression<SqlBool>,
  page: { readonly after: number; readonly limit: number; readonly offset: number },
): Promise<readonly ReferralDetailRow[]> {
  return referralDetails(queries)
    .where(condition)
    .where('r.id', '>', page.after)
    .orderBy('r.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

export async function findReferral(queries: Queries, id: number): Promise<ReferralDetailRow | undefined> {
  return referralDetails(queries).where('r.id', '=', id).executeTakeFirst();
}

/** The referrals with these ids, by id. */
export async function listReferralsById(
  queries: Queries,
  ids: readonly number[],
): Promise<readonly ReferralDetailRow[]> {
  if (ids.length === 0) return [];
  return referralDetails(queries).where('r.id', 'in', ids).orderBy('r.id').execute();
}

/** How a referral's booking changed, first change first. */
export async function listChangesOfBooking(queries: Queries, bookingId: number) {
  return queries
    .selectFrom('booking_changes')
    .select(['recorded_at', 'run_id', 'from_status', 'to_status', 'changes'])
    .where('booking_id', '=', bookingId)
    .orderBy('id')
    .execute();
}

/** The booking itself, with the runs that brought it. */
export async function getBookingOfReferral(queries: Queries, bookingId: number) {
  return queries
    .selectFrom('bookings as b')
    .leftJoin('imports as first', 'first.id', 'b.first_import_id')
    .select(['b.source', 'b.booking_reference', 'b.code', 'b.amount_minor', 'b.refunded_minor', 'b.currency'])
    .select(['b.status', 'b.booked_at', 'b.completed_at', 'b.cancelled_at', 'b.updated_at', 'b.attributes'])
    .select(['b.created_at', 'first.run_id as first_run_id'])
    .where('b.id', '=', bookingId)
    .executeTakeFirstOrThrow();
}

/** How long the code of a referral counts, and when its friend signed up with it. */
export async function getCodeOfReferral(queries: Queries, referralId: number) {
  return queries
    .selectFrom('referrals as r')
    .innerJoin('codes as c', 'c.id', 'r.code_id')
    .leftJoin('sign_ups as s', (join) =>
      join
        .onRef('s.contest_id', '=', 'r.contest_id')
        .onRef('s.customer_ref', '=', 'r.friend_ref')
        .onRef('s.code_id', '=', 'r.code_id'),
    )
    .select(['c.expires_at', 'c.revoked_at', 's.signed_up_at'])
    .where('r.id', '=', referralId)
    .orderBy('s.signed_up_at')
    .limit(1)
    .executeTakeFirstOrThrow();
}

/** A booking that has the place which another one would have taken. */
export interface OtherBooking {
  readonly source: string;
  readonly booking_reference: string;
  readonly booked_at: Instant;
  /** The referral that it is; null where it is none of this contest. */
  readonly referral_id: number | null;
  readonly referrer_id: string | null;
}

/** The live referral of the same friend in the same contest. */
export async function findLiveReferralOfFriend(
  queries: Queries,
  referralId: number,
): Promise<OtherBooking | undefined> {
  return queries
    .selectFrom('referrals as r')
    .innerJoin('referrals as other', (join) =>
      join
        .onRef('other.contest_id', '=', 'r.contest_id')
        .onRef('other.friend_ref', '=', 'r.friend_ref')
        .onRef('other.id', '<>', 'r.id'),
    )
    .innerJoin('bookings as b', 'b.id', 'other.booking_id')
    .innerJoin('customers as c', 'c.id', 'other.referrer_ref')
    .select(['b.source', 'b.booking_reference', 'b.booked_at', 'other.id as referral_id'])
    .select('c.customer_id as referrer_id')
    .where('r.id', '=', referralId)
    .where('other.status', 'in', ['pending', 'held', 'approved'])
    .executeTakeFirst();
}

/** The first booking of the same friend before this one, cancelled ones aside. */
export async function findFirstBookingOfFriend(
  queries: Queries,
  referralId: number,
): Promise<OtherBooking | undefined> {
  return queries
    .selectFrom('referrals as r')
    .innerJoin('bookings as b', (join) =>
      join
        .onRef('b.customer_ref', '=', 'r.friend_ref')
        .onRef('b.booked_at', '<=', 'r.booked_at')
        .onRef('b.id', '<>', 'r.booking_id'),
    )
    .select(['b.source', 'b.booking_reference', 'b.booked_at'])
    .select((of) => [of.lit(null).as('referral_id'), of.lit(null).as('referrer_id')])
    .where('r.id', '=', referralId)
    .where('b.status', '<>', 'cancelled')
    .orderBy('b.booked_at')
    .orderBy('b.booking_reference')
    .orderBy('b.source')
    .executeTakeFirst();
}

/** What people decided about a referral, first decision first. */
export async function listDecisions(queries: Queries, referralId: number) {
  return queries
    .selectFrom('referral_decisions')
    .select(['decision', 'reason', 'operator', 'run_id', 'decided_at'])
    .where('referral_id', '=', referralId)
    .orderBy('id')
    .execute();
}

/** The ledger entries of a referral's rewards, first entry first. */
export async function listLedgerOfReferral(queries: Queries, referralId: number) {
  return queries
    .selectFrom('ledger_entries as e')
    .innerJoin('rewards as w', 'w.id', 'e.reward_id')
    .innerJoin('customers as c', 'c.id', 'e.customer_ref')
    .select([
      'e.id',
      'w.id as reward_id',
      'w.side',
      'c.customer_id',
      'e.kind',
      'e.from_account',
      'e.to_account',
    ])
    .select(['e.amount_minor', 'e.currency', 'e.reason', 'e.recorded_at'])
    .where('w.referral_id', '=', referralId)
    .orderBy('e.id')
    .execute();
}

/** What people call a booking and those who take part in it. */
export interface ReferralNames {
  readonly booking_reference: string;
  readonly referrer_id: string;
  readonly friend_id: string;
}

/** The names of bookings and of who would be credited with them, in the order in which they are asked for. */
export async function listReferralNames(
  queries: Queries,
  asked: readonly { readonly booking_id: number; readonly referrer_ref: number }[],
): Promise<readonly (ReferralNames | undefined)[]> {
  if (asked.length === 0) return [];
  const bookings = await queries
    .selectFrom('bookings as b')
    .innerJoin('customers as c', 'c.id', 'b.customer_ref')
    .select(['b.id', 'b.booking_reference', 'c.customer_id as friend_id'])
    .where(
      'b.id',
      'in',
      asked.map(({ booking_id }) => booking_id),
    )
    .execute();
  const known = new Map(bookings.map((booking) => [booking.id, booking]));
  const referrers = await listCustomerIds(queries, [...new Set(asked.map((row) => row.referrer_ref))]);
  return asked.map(({ booking_id, referrer_ref }) => {
    const booking = known.get(booking_id);
    if (booking === undefined) return undefined;
    const { booking_reference, friend_id } = booking;
    return { booking_reference, friend_id, referrer_id: referrers.get(referrer_ref) ?? '' };
  });
}

/** The customer_ids of customers by key, for evidence that names people. */
export async function listCustomerIds(
  queries: Queries,
  refs: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (refs.length === 0) return new Map();
  const rows = await queries
    .selectFrom('customers')
    .select(['id', 'customer_id'])
    .where('id', 'in', refs)
    .execute();
  return new Map(rows.map((row) => [row.id, row.customer_id]));
}

export interface NewDecision {
  readonly referral_id: number;
  readonly decision: 'approve' | 'reject' | 'reverse';
  readonly reason: string;
  readonly operator: string;
  readonly run_id: number | null;
  readonly decided_at: Instant;
}

const DECISIONS_AT_ONCE = 1_000;

export async function insertDecisions(queries: Queries, decisions: readonly NewDecision[]): Promise<void> {
  for (let at = 0; at < decisions.length; at += DECISIONS_AT_ONCE) {
    await queries
      .insertInto('referral_decisions')
      .values(decisions.slice(at, at + DECISIONS_AT_ONCE))
      .execute();
  }
}

/** A condition that keeps the referrals of one contest, of one status. */
export function scopeCondition(
  contest: string | undefined,
  status: string | undefined,
  condition: Expression<SqlBool>,
): Expression<SqlBool> {
  const byContest = contest === undefined ? sql`1 = 1` : sql`contests.slug = ${contest}`;
  const byStatus = status === undefined ? sql`1 = 1` : sql`r.status = ${status}`;
  return sql<SqlBool>`(${byContest} and ${byStatus} and ${condition})`;
}
