import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';

export async function findCodeOwner(queries: Queries, code: string) {
  return queries
    .selectFrom('codes as c')
    .innerJoin('customers as o', 'o.id', 'c.customer_ref')
    .leftJoin('contests as t', 't.id', 'c.contest_id')
    .select([
      'c.id',
      'c.code',
      'c.contest_id',
      't.slug as contest',
      'c.customer_ref',
      'o.customer_id as referrer_id',
    ])
    .select(['c.expires_at', 'c.revoked_at'])
    .where('c.code', '=', code)
    .executeTakeFirst();
}

export async function findCustomerRef(queries: Queries, customerId: string): Promise<number | undefined> {
  const row = await queries
    .selectFrom('customers')
    .select('id')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return row?.id;
}

/** Records a sign-up unless the friend signed up with this code before; was it new? */
export async function insertSignUp(
  queries: Queries,
  row: {
    readonly contest_id: number;
    readonly code_id: number;
    readonly customer_ref: number;
    readonly signed_up_at: Instant;
    readonly run_id: number | null;
  },
): Promise<boolean> {
  const result = await queries
    .insertInto('sign_ups')
    .values(row)
    .onConflict((conflict) => conflict.columns(['contest_id', 'code_id', 'customer_ref']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The referral that a booking became in a contest. */
export async function findReferralOfBooking(
  queries: Queries,
  contestId: number,
  source: string,
  bookingReference: string,
): Promise<number | undefined> {
  const row = await queries
    .selectFrom('referrals as r')
    .innerJoin('bookings as b', 'b.id', 'r.booking_id')
    .select('r.id')
    .where('r.contest_id', '=', contestId)
    .where('b.source', '=', source)
    .where('b.booking_reference', '=', bookingReference)
    .executeTakeFirst();
  return row?.id;
}
