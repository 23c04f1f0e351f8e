import { type Selectable, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { textsIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { CustomersTable, DeliveriesTable, SuppressionsTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';

export type KeptSuppression = Omit<Selectable<SuppressionsTable>, 'id' | 'run_id'>;
export type KeptCustomer = Pick<
  Selectable<CustomersTable>,
  'id' | 'customer_id' | 'consent_at' | 'consent_source' | 'erased_at'
>;
export type SentDelivery = Pick<
  Selectable<DeliveriesTable>,
  'id' | 'address_key' | 'status' | 'sent_at' | 'settled_at' | 'provider_message_id' | 'error' | 'attempts'
> & { readonly campaign: string };
const PAGE = 5_000;

/** Every suppression, in pages. */
export function listSuppressionPages(queries: Queries): AsyncGenerator<(KeptSuppression & { id: number })[]> {
  return pages((after) =>
    queries
      .selectFrom('suppressions')
      .select(['id', 'address_hash', 'key_id', 'reason', 'source', 'created_at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

/** Everyone who withdrew consent, or was erased, in pages. */
export function listProtectedPages(queries: Queries): AsyncGenerator<KeptCustomer[]> {
  return pages((after) =>
    queries
      .selectFrom('customers')
      .select(['id', 'customer_id', 'consent_at', 'consent_source', 'erased_at'])
      .where((row) => row.or([row('consent', '=', 'withdrawn'), row('erased_at', 'is not', null)]))
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

/** Deliveries that were tried since a time, or are being tried, in pages. */
export function listSentPages(queries: Queries, since: Instant): AsyncGenerator<SentDelivery[]> {
  return pages((after) =>
    queries
      .selectFrom('deliveries')
      .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
      .select([
        'deliveries.id as id',
        'campaigns.slug as campaign',
        'address_key',
        'deliveries.status as status',
        'sent_at',
        'settled_at',
        'provider_message_id',
        'error',
        'attempts',
      ])
      .where((row) =>
        row.or([
          row('sent_at', '>=', since),
          row('settled_at', '>=', since),
          row('deliveries.status', 'in', ['sending', 'claimed']),
        ]),
      )
      .where('deliveries.id', '>', after)
      .orderBy('deliveries.id')
      .limit(PAGE)
      .execute(),
  );
}

async function* pages<Row extends { readonly id: number }>(
  read: (after: number) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  for (let after = 0; ; ) {
    const rows = await read(after);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.id ?? after;
  }
}

/** Adds suppressions of addresses that are not suppressed yet; how many. */
export async function addSuppressions(queries: Queries, rows: readonly KeptSuppression[]): Promise<number> {
  const columns = {
    address_hash: 'text',
    key_id: 'text',
    reason: 'text',
    source: 'text',
    created_at: 'time',
  } as const;
  const { numAffectedRows } = await sql`
    insert into suppressions (address_hash, key_id, reason, source, created_at)
    select address_hash, key_id, reason, source, created_at from ${rowsOfJson(queries, 'kept', columns, rows)}
    where true on conflict (address_hash) do nothing`.execute(queries);
  return Number(numAffectedRows ?? 0);
}

/** Takes consent away from customers who have it here and withdrew it there; how many. */
export async function withdrawConsents(
  queries: Queries,
  customers: readonly KeptCustomer[],
  now: Instant,
): Promise<number> {
  const columns = { customer_id: 'text', consent_at: 'time', consent_source: 'text' } as const;
  const rows = customers.map(({ customer_id, consent_at, consent_source }) => ({
    customer_id,
    consent_at,
    consent_source,
  }));
  const { numAffectedRows } = await sql`
    update customers set consent = 'withdrawn', consent_at = kept.consent_at, consent_source = kept.consent_source,
      updated_at = ${now}
    from ${rowsOfJson(queries, 'kept', columns, rows)}
    where customers.customer_id = kept.customer_id and customers.consent <> 'withdrawn'`.execute(queries);
  return Number(numAffectedRows ?? 0);
}

/** The keys of these customers, those that are not erased here. */
export async function listUnerased(queries: Queries, customerIds: readonly string[]): Promise<number[]> {
  const rows = await queries
    .selectFrom('customers')
    .select('id')
    .where('customer_id', 'in', textsIn(queries, customerIds))
    .where('erased_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}

/** Of these deliveries, those whose recipient is frozen here too, by `campaign address_key`. */
export async function listFrozen(
  queries: Queries,
  deliveries: readonly SentDelivery[],
): Promise<ReadonlyMap<string, { readonly id: number; readonly status: string }>> {
  const columns = { campaign: 'text', address_key: 'text' } as const;
  const keys = deliveries.map(({ campaign, address_key }) => ({ campaign, address_key }));
  const { rows } = await sql<{ id: number; status: string; campaign: string; address_key: string }>`
    select deliveries.id, deliveries.status, wanted.campaign, wanted.address_key
    from ${rowsOfJson(queries, 'wanted', columns, keys)}
    join campaigns on campaigns.slug = wanted.campaign
    join deliveries on deliveries.campaign_id = campaigns.id and deliveries.address_key = wanted.address_key`.execute(
    queries,
  );
  return new Map(
    rows.map(({ id, status, campaign, address_key }) => [`${campaign} ${address_key}`, { id, status }]),
  );
}

export interface SettledDelivery {
  readonly id: number;
  readonly status: string;
  readonly sent_at: Instant | null;
  readonly settled_at: Instant | null;
  readonly provider_message_id: string | null;
  readonly error: string | null;
  readonly attempts: number;
}

/** Makes deliveries here what became of them there. */
export async function settleDeliveries(queries: Queries, rows: readonly SettledDelivery[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = {
    id: 'integer',
    status: 'text',
    sent_at: 'time',
    settled_at: 'time',
    provider_message_id: 'text',
    error: 'text',
    attempts: 'integer',
  } as const;
  const plain = rows.map((row) => ({ ...row }));
  await sql`
    update deliveries set status = kept.status, sent_at = kept.sent_at, settled_at = kept.settled_at,
      provider_message_id = kept.provider_message_id, error = kept.error, attempts = kept.attempts, sender_id = null
    from ${rowsOfJson(queries, 'kept', columns, plain)} where deliveries.id = kept.id`.execute(queries);
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
