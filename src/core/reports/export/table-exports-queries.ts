import { sql } from 'kysely';
import type { WhereField } from '../../selection/where-field.ts';
import { amountText } from './amount-text.ts';
import type { ExportColumn, TableExport } from './table-export.ts';

const text = (key: string): ExportColumn => ({ key, type: 'text' });
const integer = (key: string): ExportColumn => ({ key, type: 'integer' });
const decimal = (key: string): ExportColumn => ({ key, type: 'decimal' });
const time = (key: string): ExportColumn => ({ key, type: 'time' });
const ofText = (column: string): WhereField => ({ type: 'text', column });
const ofTime = (column: string): WhereField => ({ type: 'time', column });
const ofInteger = (column: string): WhereField => ({ type: 'integer', column });

const DELIVERY_FIELDS: Readonly<Record<string, WhereField>> = {
  campaign: ofText('c.slug'),
  customer_id: ofText('p.customer_id'),
  email: { type: 'address', column: 'd.email' },
  variant: ofText('d.variant'),
  status: {
    type: 'choice',
    column: 'd.status',
    choices: ['pending', 'claimed', 'sending', 'accepted', 'refused', 'in_doubt', 'skipped'],
  },
  provider_message_id: ofText('d.provider_message_id'),
  error: ofText('d.error'),
  claimed_at: ofTime('d.claimed_at'),
  sent_at: ofTime('d.sent_at'),
  settled_at: ofTime('d.settled_at'),
};

const deliveries: TableExport = {
  noun: 'deliveries',
  columns: [
    ...['campaign', 'customer_id', 'email', 'variant', 'status', 'provider_message_id', 'error'].map(text),
    ...['claimed_at', 'sent_at', 'settled_at'].map(time),
  ],
  fields: { noun: 'deliveries', fields: DELIVERY_FIELDS },
  select: sql`d.id as row_id, c.slug as campaign, p.customer_id, d.email, d.variant, d.status,
    d.provider_message_id, d.error, d.claimed_at, d.sent_at, d.settled_at`,
  from: sql`deliveries d join campaigns c on c.id = d.campaign_id join customers p on p.id = d.customer_ref`,
  key: 'd.id',
  ofContest: (id) => sql`c.contest_id = ${id}`,
};

const events: TableExport = {
  noun: 'events',
  columns: [
    ...['provider_event_id', 'campaign', 'customer_id', 'type'].map(text),
    time('occurred_at'),
    text('machine_open'),
    text('url'),
    text('reason'),
  ],
  fields: {
    noun: 'events',
    fields: {
      campaign: ofText('c.slug'),
      customer_id: ofText('p.customer_id'),
      type: {
        type: 'choice',
        column: 'e.type',
        choices: [
          ...['delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed'],
          ...['processed', 'deferred', 'dropped', 'other'],
        ],
      },
      occurred_at: ofTime('e.occurred_at'),
      machine_open: { type: 'flag', column: 'e.machine_open' },
      url: ofText('e.url'),
      reason: ofText('e.reason'),
    },
  },
  select: sql`e.id as row_id, e.provider_event_id, c.slug as campaign, p.customer_id, e.type, e.occurred_at,
    e.machine_open, e.url, e.reason`,
  from: sql`events e left join deliveries d on d.id = e.delivery_id left join campaigns c on c.id = d.campaign_id
    left join customers p on p.id = d.customer_ref`,
  key: 'e.id',
  ofContest: (id) => sql`c.contest_id = ${id}`,
  toRow: (selected) => ({ ...asRow(selected), machine_open: selected['machine_open'] === 1 }),
};

const bookings: TableExport = {
  noun: 'bookings',
  columns: [
    ...['source', 'booking_reference', 'customer_id', 'code', 'status'].map(text),
    ...['amount', 'refunded_amount'].map(decimal),
    text('currency'),
    ...['booked_at', 'completed_at', 'cancelled_at', 'updated_at'].map(time),
  ],
  fields: {
    noun: 'bookings',
    fields: {
      source: ofText('b.source'),
      booking_reference: ofText('b.booking_reference'),
      customer_id: ofText('p.customer_id'),
      code: ofText('b.code'),
      status: {
        type: 'choice',
        column: 'b.status',
        choices: ['confirmed', 'completed', 'cancelled', 'no_show', 'refunded'],
      },
      amount: { type: 'money', column: 'b.amount_minor', currency: 'b.currency' },
      refunded_amount: { type: 'money', column: 'b.refunded_minor', currency: 'b.currency' },
      currency: ofText('b.currency'),
      booked_at: ofTime('b.booked_at'),
      completed_at: ofTime('b.completed_at'),
      cancelled_at: ofTime('b.cancelled_at'),
      updated_at: ofTime('b.updated_at'),
    },
    attributes: 'b.attributes',
  },
  select: sql`b.id as row_id, b.source, b.booking_reference, p.customer_id, b.code, b.status, b.amount_minor,
    b.refunded_minor, b.currency, b.booked_at, b.completed_at, b.cancelled_at, b.updated_at, b.attributes`,
  from: sql`bookings b left join customers p on p.id = b.customer_ref`,
  key: 'b.id',
  // A booking belongs to the contests in which it is a referral.
  ofContest: (id) =>
    sql`exists (select 1 from referrals r where r.contest_id = ${id} and r.booking_id = b.id)`,
  attributes: { table: 'bookings', column: 'attributes' },
  toRow({ amount_minor, refunded_minor, attributes, ...selected }) {
    return {
      ...asRow(selected),
      amount: amountText(amount_minor, selected['currency']),
      refunded_amount: amountText(refunded_minor, selected['currency']),
      attributes: JSON.parse(String(attributes)) as Record<string, string>,
    };
  },
};

const participants: TableExport = {
  noun: 'participants',
  columns: [...['contest', 'customer_id', 'code'].map(text), time('enrolled_at')],
  fields: {
    noun: 'participants',
    fields: {
      contest: ofText('o.slug'),
      customer_id: ofText('p.customer_id'),
      tier: ofText('p.tier'),
      country: ofText('p.country'),
      code: ofText('k.code'),
      enrolled_at: ofTime('t.enrolled_at'),
      segment: { type: 'segment', customer: 'p.id' },
    },
    attributes: 'p.attributes',
  },
  select: sql`t.id as row_id, o.slug as contest, p.customer_id, k.code, t.enrolled_at`,
  from: sql`participants t join contests o on o.id = t.contest_id join customers p on p.id = t.customer_ref
    left join codes k on k.contest_id = t.contest_id and k.customer_ref = t.customer_ref and k.status = 'active'`,
  key: 't.id',
  ofContest: (id) => sql`t.contest_id = ${id}`,
};

const signUps: TableExport = {
  noun: 'sign_ups',
  columns: [...['contest', 'code', 'referrer_id', 'friend_id'].map(text), time('signed_up_at')],
  fields: {
    noun: 'sign_ups',
    fields: {
      contest: ofText('o.slug'),
      code: ofText('k.code'),
      referrer_id: ofText('p.customer_id'),
      friend_id: ofText('f.customer_id'),
      signed_up_at: ofTime('s.signed_up_at'),
    },
  },
  select: sql`s.id as row_id, o.slug as contest, k.code, p.customer_id as referrer_id, f.customer_id as friend_id,
    s.signed_up_at`,
  from: sql`sign_ups s join contests o on o.id = s.contest_id join codes k on k.id = s.code_id
    join customers p on p.id = k.customer_ref join customers f on f.id = s.customer_ref`,
  key: 's.id',
  ofContest: (id) => sql`s.contest_id = ${id}`,
};

const rewards: TableExport = {
  noun: 'rewards',
  columns: [
    integer('id'),
    ...['contest', 'customer_id', 'side', 'rule', 'type'].map(text),
    decimal('amount'),
    text('currency'),
    integer('days'),
    integer('points'),
    text('badge'),
    text('status'),
    ...['created_at', 'due_at', 'expires_at', 'claimed_at', 'paid_at'].map(time),
  ],
  fields: {
    noun: 'rewards',
    fields: {
      id: ofInteger('w.id'),
      contest: ofText('o.slug'),
      customer_id: ofText('p.customer_id'),
      side: {
        type: 'choice',
        column: 'w.side',
        choices: ['referrer', 'friend', 'milestone', 'position', 'drawing'],
      },
      rule: ofText('w.rule'),
      type: {
        type: 'choice',
        column: 'w.type',
        choices: ['money', 'percentage', 'free_days', 'points', 'badge'],
      },
      amount: { type: 'money', column: 'w.amount_minor', currency: 'w.currency' },
      currency: ofText('w.currency'),
      days: ofInteger('w.days'),
      points: ofInteger('w.points'),
      badge: ofText('w.badge'),
      status: {
        type: 'choice',
        column: 'w.status',
        choices: ['held', 'available', 'claimed', 'paid', 'expired', 'reversed'],
      },
      created_at: ofTime('w.created_at'),
      due_at: ofTime('w.due_at'),
      claimed_at: ofTime('w.claimed_at'),
      paid_at: ofTime('w.paid_at'),
    },
  },
  select: sql`w.id as row_id, w.id, o.slug as contest, p.customer_id, w.side, w.rule, w.type, w.amount_minor,
    w.currency, w.days, w.points, w.badge, w.status, w.created_at, w.due_at, w.expires_at, w.claimed_at, w.paid_at`,
  from: sql`rewards w join contests o on o.id = w.contest_id join customers p on p.id = w.customer_ref`,
  key: 'w.id',
  ofContest: (id) => sql`w.contest_id = ${id}`,
  toRow: ({ amount_minor, ...selected }) => ({
    ...asRow(selected),
    amount: amountText(amount_minor, selected['currency']),
  }),
};

const ledger: TableExport = {
  noun: 'ledger',
  columns: [
    integer('id'),
    text('contest'),
    text('customer_id'),
    integer('reward_id'),
    ...['kind', 'from_account', 'to_account'].map(text),
    decimal('amount'),
    text('currency'),
    text('reason'),
    time('recorded_at'),
  ],
  fields: {
    noun: 'ledger entries',
    fields: {
      id: ofInteger('l.id'),
      contest: ofText('o.slug'),
      customer_id: ofText('p.customer_id'),
      reward_id: ofInteger('l.reward_id'),
      kind: ofText('l.kind'),
      from_account: ofText('l.from_account'),
      to_account: ofText('l.to_account'),
      amount: { type: 'money', column: 'l.amount_minor', currency: 'l.currency' },
      currency: ofText('l.currency'),
      recorded_at: ofTime('l.recorded_at'),
    },
  },
  select: sql`l.id as row_id, l.id, o.slug as contest, p.customer_id, l.reward_id, l.kind, l.from_account,
    l.to_account, l.amount_minor, l.currency, l.reason, l.recorded_at`,
  from: sql`ledger_entries l join contests o on o.id = l.contest_id join customers p on p.id = l.customer_ref`,
  key: 'l.id',
  ofContest: (id) => sql`l.contest_id = ${id}`,
  toRow: ({ amount_minor, ...selected }) => ({
    ...asRow(selected),
    amount: amountText(amount_minor, selected['currency']),
  }),
};

/** The nouns that come straight from their tables, by name. */
export const TABLE_EXPORTS: readonly TableExport[] = [
  bookings,
  deliveries,
  events,
  ledger,
  participants,
  rewards,
  signUps,
];

function asRow(selected: Readonly<Record<string, unknown>>): Record<string, string | number | null> {
  return selected as Record<string, string | number | null>;
}
