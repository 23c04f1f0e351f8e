import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { integersIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { Instant } from '../time.ts';

/** Every mailbox these customers were ever mailed at, as far as deliveries still know. */
export async function listMailedKeys(queries: Queries, keys: readonly number[]): Promise<string[]> {
  const rows = await queries
    .selectFrom('deliveries')
    .select('address_key')
    .distinct()
    .where('customer_ref', 'in', integersIn(queries, keys))
    .where('email', 'is not', null)
    .execute();
  return rows.map((row) => row.address_key);
}

/** The mails of these customers: which delivery of which campaign. */
export function listMails(queries: Queries, keys: readonly number[]) {
  return queries
    .selectFrom('deliveries')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select(['deliveries.id', 'campaigns.slug as campaign'])
    .where('deliveries.customer_ref', 'in', integersIn(queries, keys))
    .orderBy('deliveries.id')
    .execute();
}

/** Leaves of customers what counts: id, tier, country, times and totals. Says how many were not erased before. */
export async function eraseCustomerRows(
  transaction: Queries,
  keys: readonly number[],
  now: Instant,
): Promise<number> {
  const result = await transaction
    .updateTable('customers')
    .set({
      email: null,
      address_key: null,
      name: null,
      first_name: null,
      last_name: null,
      phone: null,
      locale: null,
      timezone: null,
      attributes: '{}',
      consent: 'withdrawn',
      consent_at: now,
      consent_source: 'erasure',
      erased_at: now,
      updated_at: now,
    })
    .where('id', 'in', integersIn(transaction, keys))
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Takes addresses, provider messages that may quote them, and what was known about the person out of deliveries; the keyed hash stays. */
export async function eraseDeliveries(transaction: Queries, keys: readonly number[]): Promise<number> {
  const result = await transaction
    .updateTable('deliveries')
    .set({ email: null, address_key: sql`'erased:' || address_hash`, error: null, chosen_by: null })
    .where('customer_ref', 'in', integersIn(transaction, keys))
    .where('email', 'is not', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Takes what may quote an address or a personal link out of events. */
export async function eraseEvents(transaction: Queries, keys: readonly number[]): Promise<void> {
  await transaction
    .updateTable('events')
    .set({ url: null, reason: null })
    .where(
      'delivery_id',
      'in',
      transaction
        .selectFrom('deliveries')
        .select('id')
        .where('customer_ref', 'in', integersIn(transaction, keys)),
    )
    .execute();
}

/** Takes the evidence out of referrals in which these customers are a side; the decision stays. */
export async function eraseEvidence(transaction: Queries, keys: readonly number[]): Promise<void> {
  const people = integersIn(transaction, keys);
  await transaction
    .updateTable('referrals')
    .set({ evidence: '{}' })
    .where((where) => where.or([where('referrer_ref', 'in', people), where('friend_ref', 'in', people)]))
    .execute();
}

/** Takes these customers out of every segment, what they were in before too, and removes what models say about them. */
export async function eraseMemberships(transaction: Queries, keys: readonly number[]): Promise<void> {
  for (const table of ['segment_members', 'segment_history', 'predictions'] as const) {
    await transaction.deleteFrom(table).where('customer_ref', 'in', integersIn(transaction, keys)).execute();
  }
}

/** The rules of every contest, which name the attributes that leaderboards need. */
export async function listRules(queries: Queries): Promise<string[]> {
  const rows = await queries.selectFrom('contests').select('rules').orderBy('id').execute();
  return rows.map((row) => row.rules);
}

/** The bookings of these customers, with their attributes and those of who booked. */
export function listBookingsOf(queries: Queries, keys: readonly number[]) {
  return queries
    .selectFrom('bookings')
    .innerJoin('customers', 'customers.id', 'bookings.customer_ref')
    .select(['bookings.id', 'bookings.attributes', 'customers.attributes as customer_attributes'])
    .where('bookings.customer_ref', 'in', integersIn(queries, keys))
    .orderBy('bookings.id')
    .execute();
}

/** Writes the attributes of bookings. */
export async function updateBookingAttributes(
  transaction: Queries,
  rows: readonly { readonly id: number; readonly attributes: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = { id: 'integer', attributes: 'json' } as const;
  await sql`update bookings set attributes = changed.attributes
    from ${rowsOfJson(transaction, 'changed', columns, rows)} where bookings.id = changed.id`.execute(
    transaction,
  );
}

/** The recorded changes of the bookings of these customers. */
export function listBookingChangesOf(queries: Queries, keys: readonly number[]) {
  return queries
    .selectFrom('booking_changes')
    .innerJoin('bookings', 'bookings.id', 'booking_changes.booking_id')
    .select(['booking_changes.id', 'booking_changes.changes'])
    .where('bookings.customer_ref', 'in', integersIn(queries, keys))
    .orderBy('booking_changes.id')
    .execute();
}

/** Writes what recorded changes say. */
export async function updateBookingChanges(
  transaction: Queries,
  rows: readonly { readonly id: number; readonly changes: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = { id: 'integer', changes: 'json' } as const;
  await sql`update booking_changes set changes = changed.changes
    from ${rowsOfJson(transaction, 'changed', columns, rows)} where booking_changes.id = changed.id`.execute(
    transaction,
  );
}

/** Gives the space of erased values back, so that the files no longer hold them. Outside a transaction. */
export async function reclaimSpace(queries: Queries): Promise<void> {
  if (engineOf(queries) === 'postgres') {
    await sql`vacuum customers, deliveries, events, bookings, booking_changes, referrals, segment_members`.execute(
      queries,
    );
    return;
  }
  await sql`vacuum`.execute(queries);
  await sql`pragma wal_checkpoint(truncate)`.execute(queries);
}
