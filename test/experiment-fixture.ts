import type { Database } from '../src/core/database/database.ts';
import type { Transport } from '../src/core/delivery/transport.ts';

const LATER = '2026-07-02T10:00:00.000Z';

/** Takes every mail, and remembers with which variant each delivery was handed over, and how many were. */
export function takingTransport(): Transport & {
  readonly variants: Map<number, string>;
  readonly handed: number;
} {
  const variants = new Map<number, string>();
  let handed = 0;
  return {
    variants,
    get handed() {
      return handed;
    },
    name: 'outbox',
    target: 'memory',
    async deliver({ variant }, mails) {
      handed += mails.length;
      for (const { deliveryId } of mails) variants.set(deliveryId, variant);
      return { outcomes: mails.map(() => ({ kind: 'accepted' as const, messageId: 'm' })) };
    },
    async close() {},
  };
}

/** An event of the day after the start. */
export async function addEvent(
  database: Database,
  delivery_id: number,
  type: 'clicked' | 'opened',
  { at = LATER, url = 'https://example.test/r/CODE' as string | null, machine_open = 0 } = {},
): Promise<void> {
  const provider_event_id = `${delivery_id}-${type}-${at}-${url}`;
  const row = { provider_event_id, delivery_id, type, occurred_at: at, machine_open, url };
  await database.queries
    .insertInto('events')
    .values({ ...row, imported_at: at })
    .execute();
}

/** A friend books, the day after the start, with the customer's code. */
export async function addConversion(
  database: Database,
  customer: number,
  amount_minor: number,
): Promise<void> {
  const base = { created_at: LATER, updated_at: LATER };
  const { id: friend } = await database.queries
    .insertInto('customers')
    .values({
      customer_id: `F-${customer}`,
      consent: 'unknown',
      attributes: '{}',
      source: 'booking',
      ...base,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const code = await database.queries
    .selectFrom('codes')
    .select('id')
    .where('customer_ref', '=', customer)
    .executeTakeFirstOrThrow();
  await database.queries
    .insertInto('referrals')
    .values({
      ...{ contest_id: 1, code_id: code.id, referrer_ref: customer, friend_ref: friend, status: 'approved' },
      ...{ reason: 'code', evidence: '{}', amount_minor, currency: 'EUR', booked_at: LATER, ...base },
    })
    .execute();
}

/** All deliveries, or those of a variant. */
export const deliveriesOf = (database: Database, variant?: string) =>
  database.queries
    .selectFrom('deliveries')
    .select(['id', 'customer_ref', 'variant', 'propensity'])
    .$if(variant !== undefined, (query) => query.where('variant', '=', variant ?? ''))
    .orderBy('id')
    .execute();

/** These shares of the variants click, the day after the start. */
export async function click(database: Database, shares: Readonly<Record<string, number>>): Promise<void> {
  for (const [variant, share] of Object.entries(shares)) {
    const deliveries = await deliveriesOf(database, variant);
    for (const { id } of deliveries.slice(0, Math.round(deliveries.length * share)))
      await addEvent(database, id, 'clicked');
  }
}
