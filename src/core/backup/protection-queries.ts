import type { Selectable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { CustomersTable, SuppressionsTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';

export type KeptSuppression = Omit<Selectable<SuppressionsTable>, 'id' | 'run_id'>;
export type KeptCustomer = Pick<
  Selectable<CustomersTable>,
  'id' | 'customer_id' | 'consent' | 'consent_at' | 'consent_source' | 'erased_at'
>;

const PAGE = 5_000;

/** Every suppression, in pages. */
export async function* listSuppressionPages(queries: Queries): AsyncGenerator<KeptSuppression[]> {
  for (let after = 0; ; ) {
    const rows = await queries
      .selectFrom('suppressions')
      .select(['id', 'address_hash', 'key_id', 'reason', 'source', 'created_at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    yield rows.map(({ id: _, ...row }) => row);
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.id ?? after;
  }
}

/** Everyone who withdrew consent or was erased, in pages. */
export async function* listProtectedPages(queries: Queries): AsyncGenerator<KeptCustomer[]> {
  for (let after = 0; ; ) {
    const rows = await queries
      .selectFrom('customers')
      .select(['id', 'customer_id', 'consent', 'consent_at', 'consent_source', 'erased_at'])
      .where((row) => row.or([row('consent', '=', 'withdrawn'), row('erased_at', 'is not', null)]))
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    yield rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.id ?? after;
  }
}

/** Adds a suppression unless the address is suppressed already; whether it did. */
export async function addSuppression(queries: Queries, row: KeptSuppression): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await queries
    .insertInto('suppressions')
    .values({ ...row, run_id: null })
    .onConflict((conflict) => conflict.column('address_hash').doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Takes consent away from a customer who has it here and withdrew it there; whether it did. */
export async function withdrawConsent(
  queries: Queries,
  customer: KeptCustomer,
  now: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable('customers')
    .set({
      consent: 'withdrawn',
      consent_at: customer.consent_at,
      consent_source: customer.consent_source,
      updated_at: now,
    })
    .where('customer_id', '=', customer.customer_id)
    .where('consent', '<>', 'withdrawn')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Empties everything personal of a customer who was erased meanwhile; whether there was anything left. */
export async function eraseAgain(queries: Queries, customer: KeptCustomer, now: Instant): Promise<boolean> {
  const found = await queries
    .updateTable('customers')
    .set({
      email: null,
      address_key: null,
      name: null,
      first_name: null,
      last_name: null,
      tier: null,
      locale: null,
      timezone: null,
      phone: null,
      country: null,
      joined_at: null,
      last_active_at: null,
      consent: 'withdrawn',
      consent_at: customer.consent_at,
      consent_source: customer.consent_source,
      total_bookings: null,
      total_spend: null,
      attributes: '{}',
      erased_at: customer.erased_at,
      updated_at: now,
    })
    .where('customer_id', '=', customer.customer_id)
    .where('erased_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (found === undefined) return false;
  await queries.updateTable('deliveries').set({ email: null }).where('customer_ref', '=', found.id).execute();
  return true;
}

/** What was being sent at the moment of the backup may have arrived: nobody can know, so it is in doubt. */
export async function doubtDeliveries(queries: Queries): Promise<number> {
  const { numUpdatedRows } = await queries
    .updateTable('deliveries')
    .set({ status: 'in_doubt', error: 'it was being sent when the backup was made' })
    .where('status', 'in', ['claimed', 'sending'])
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Ends what was at work at the moment of the backup: senders and runs. */
export async function endWork(queries: Queries, now: Instant): Promise<void> {
  await queries.updateTable('senders').set({ stopped_at: now }).where('stopped_at', 'is', null).execute();
  await queries
    .updateTable('runs')
    .set({ status: 'interrupted', finished_at: now })
    .where('status', '=', 'running')
    .execute();
}

/** The secrets with which a database hashed addresses itself, by the name of their row in `meta`. */
export async function listSecrets(queries: Queries): Promise<{ name: string; value: string }[]> {
  return queries.selectFrom('meta').selectAll().where('name', 'like', 'generated_secret%').execute();
}
