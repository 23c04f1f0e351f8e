import type { Database } from '../src/core/database/database.ts';
import { insertRows } from '../src/core/database/insert-rows.ts';
import type { EventType } from '../src/core/database/tables.ts';
import type { Instant } from '../src/core/time.ts';

const MADE = '2020-01-01T00:00:00.000Z';

export interface GivenCustomer {
  readonly id: number;
  readonly tier?: string;
  readonly country?: string;
  readonly locale?: string;
  readonly joined_at?: Instant;
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface GivenBooking {
  readonly customer: number;
  readonly reference: string;
  readonly booked_at: Instant;
  readonly amount_minor?: number;
  readonly currency?: string;
  readonly completed_at?: Instant;
  readonly cancelled_at?: Instant;
}

export interface GivenMail {
  readonly id: number;
  readonly campaign: number;
  readonly customer: number;
  readonly sent_at: Instant;
  readonly refused?: boolean;
}

export interface GivenEvent {
  readonly mail: number;
  readonly type: EventType;
  readonly at: Instant;
  readonly machine?: boolean;
}

/** What happened to customers, table by table. */
export interface History {
  readonly customers?: readonly GivenCustomer[];
  readonly contests?: readonly {
    readonly id: number;
    readonly starts_at: Instant;
    readonly ends_at: Instant;
  }[];
  readonly campaigns?: readonly { readonly id: number; readonly started_at: Instant }[];
  readonly participants?: readonly {
    readonly contest: number;
    readonly customer: number;
    readonly enrolled_at: Instant;
  }[];
  readonly bookings?: readonly GivenBooking[];
  readonly mails?: readonly GivenMail[];
  readonly events?: readonly GivenEvent[];
  /** The booking of the friend is the one of this reference. */
  readonly referrals?: readonly {
    readonly contest: number;
    readonly referrer: number;
    readonly reference: string;
  }[];
}

/** Writes a history as the program would have, by plain inserts. The first contest is 1 and has to be there before campaigns. */
export async function addHistory(database: Database, history: History): Promise<void> {
  await database.transaction(async (transaction) => {
    const { customers = [], contests = [], campaigns = [], mails = [], events = [], bookings = [] } = history;
    await insertRows(
      transaction,
      'customers',
      customers.map(({ id, attributes = {}, ...fields }) => ({
        ...{
          id,
          customer_id: `C-${id}`,
          tier: null,
          country: null,
          locale: null,
          joined_at: null,
          ...fields,
        },
        ...{ attributes: JSON.stringify(attributes), consent: 'granted' as const },
        ...{ source: 'import', created_at: MADE, updated_at: MADE },
      })),
    );
    await insertRows(
      transaction,
      'contests',
      contests.map((contest) => ({
        ...contest,
        ...{ slug: `contest-${contest.id}`, name: 'Contest', benefit: '', description: '', timezone: 'UTC' },
        ...{ status: 'ended' as const, rules: '{}', rules_sha256: 'x', created_at: MADE, launched_at: MADE },
      })),
    );
    if (campaigns.some(({ id }) => id === 1)) {
      await insertRows(transaction, 'templates', [
        { name: 't', version: 1, sha256: 'x', document: '{}', created_at: MADE },
      ]);
    }
    await insertRows(
      transaction,
      'campaigns',
      campaigns.map((campaign) => ({
        ...campaign,
        ...{ slug: `campaign-${campaign.id}`, contest_id: 1, template_id: 1, status: 'sent' as const },
        ...{ audience: '[]', variants: '[]', created_at: MADE },
      })),
    );
    await insertRows(
      transaction,
      'participants',
      (history.participants ?? []).map(({ contest, customer, enrolled_at }) => ({
        ...{ contest_id: contest, customer_ref: customer, enrolled_at },
      })),
    );
    await insertRows(
      transaction,
      'codes',
      (history.participants ?? []).map(({ contest, customer, enrolled_at }) => ({
        ...{ code: `K${contest}-${customer}`, contest_id: contest, customer_ref: customer },
        ...{ status: 'active' as const, created_at: enrolled_at, expires_at: '2099-01-01T00:00:00.000Z' },
      })),
    );
    await insertRows(
      transaction,
      'bookings',
      bookings.map(({ customer, reference, booked_at, completed_at, cancelled_at, ...booking }) => ({
        ...{ source: 'bookings', booking_reference: reference, customer_ref: customer, refunded_minor: 0 },
        ...{ amount_minor: booking.amount_minor ?? 10_000, currency: booking.currency ?? 'EUR' },
        status:
          cancelled_at !== undefined ? 'cancelled' : completed_at !== undefined ? 'completed' : 'confirmed',
        ...{ booked_at, completed_at: completed_at ?? null, cancelled_at: cancelled_at ?? null },
        ...{ attributes: '{}', created_at: MADE },
      })),
    );
    await insertRows(
      transaction,
      'deliveries',
      mails.map(({ id, campaign, customer, sent_at, refused = false }) => ({
        ...{ id, campaign_id: campaign, customer_ref: customer, address_key: `c${customer}@example.test` },
        ...{ address_hash: `h${customer}`, variant: 'main', status: refused ? 'refused' : 'accepted' },
        ...{ not_before: sent_at, sent_at, settled_at: sent_at, attempts: 1 },
      })),
    );
    await insertRows(
      transaction,
      'events',
      events.map(({ mail, type, at, machine = false }, index) => ({
        ...{ provider_event_id: `${mail} ${type} ${at} ${index}`, delivery_id: mail, type, occurred_at: at },
        ...{ machine_open: machine ? 1 : 0, imported_at: at },
      })),
    );
    for (const { contest, referrer, reference } of history.referrals ?? []) {
      const booking = await transaction
        .selectFrom('bookings')
        .selectAll()
        .where('booking_reference', '=', reference)
        .executeTakeFirstOrThrow();
      const code = await transaction
        .selectFrom('codes')
        .select('id')
        .where('contest_id', '=', contest)
        .where('customer_ref', '=', referrer)
        .executeTakeFirstOrThrow();
      await insertRows(transaction, 'referrals', [
        {
          ...{ contest_id: contest, code_id: code.id, referrer_ref: referrer, booking_id: booking.id },
          ...{ friend_ref: booking.customer_ref ?? 0, status: 'approved', reason: 'code', evidence: '{}' },
          ...{ amount_minor: booking.amount_minor, currency: booking.currency, booked_at: booking.booked_at },
          ...{ created_at: MADE, updated_at: MADE },
        },
      ]);
    }
  });
}
