import { appendAudit } from '../../src/core/audit/append-audit.ts';
import { clockAt } from '../../src/core/clock.ts';
import type { Database } from '../../src/core/database/database.ts';
import { insertRows } from '../../src/core/database/insert-rows.ts';
import type { Tables } from '../../src/core/database/tables.ts';
import { hashEntry } from '../../src/core/rewards/ledger.ts';

const TEXTS = [
  '',
  ' ',
  'Ann',
  'O\'Hara "the" \\ backslash',
  'line\nbreak\ttab\r',
  'Bøb 🎉 naïve',
  '\u0001\u0002\u001f control',
  '{"a":1}',
  '[1,2]\\u0000',
  'שלום عالم',
  '\ue000\u{10ffff}',
  'x'.repeat(700),
  'null',
  '1e999',
  "'; drop table customers; --",
];
const NUMBERS = [0, 1, -1, 42, 2_147_483_648, 9_007_199_254_740_991, -9_007_199_254_740_991];
const REALS = [0, 0.1, 1 / 3, 1e-308, 1.7976931348623157e308, -2.5, 5e-324, 123_456_789.123_456_79];
const ACCOUNTS = ['available', 'claimed', 'paid'] as const;
const MOST_ROWS = 12;
const OPERATOR = { id: null, operator: 'tester' };

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Fills an empty, migrated database with rows of more than twenty tables that follow from `random`: what the rules of the tables allow, and mean. */
export async function fillMadeUp(database: Database, random: () => number): Promise<void> {
  await database.transaction(async (transaction) => {
    for (const [table, rows] of Object.entries(makeUp(random))) {
      await insertRows(transaction, table as keyof Tables & 'customers', rows as never);
    }
    const clock = clockAt('2026-03-01T09:00:00.120Z');
    for (let at = Math.floor(random() * 4); at >= 0; at -= 1) {
      const subject = TEXTS[Math.floor(random() * TEXTS.length)] ?? '';
      await appendAudit(transaction, clock, OPERATOR, { action: 'test.done', subject, details: { at } });
    }
  });
}

function makeUp(random: () => number): Readonly<Record<string, Rows>> {
  const below = (count: number) => Math.floor(random() * count);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const maybe = <T>(make: () => T): T | null => (random() < 0.3 ? null : make());
  const text = () => pick(TEXTS);
  const time = () =>
    new Date(Date.UTC(1980, 0, 1) + below(2_000_000_000) * 1_000 + below(1_000)).toISOString();
  const json = () => JSON.stringify({ [text()]: text(), list: [pick(NUMBERS), null, { deep: text() }] });
  const many = <T>(make: (at: number) => T): T[] =>
    Array.from({ length: below(MOST_ROWS) }, (_, at) => make(at));
  // Keys with gaps, over several chunks.
  let key = 0;
  const id = () => {
    key += 1 + (random() < 0.1 ? below(20_000) : 0);
    return key;
  };
  const customers = Array.from({ length: 1 + below(MOST_ROWS) }, (_, at) => {
    const address = maybe(() => `person${at}@example.test`);
    return {
      ...{ id: id(), customer_id: `${text()}${at}`, email: address, address_key: address },
      ...{
        name: maybe(text),
        first_name: maybe(text),
        last_name: maybe(text),
        tier: maybe(text),
        locale: maybe(text),
      },
      ...{ phone: maybe(text), country: maybe(text), joined_at: maybe(time), last_active_at: maybe(time) },
      ...{
        consent: pick(['granted', 'withdrawn', 'unknown']),
        consent_at: maybe(time),
        consent_source: maybe(text),
      },
      ...{ total_bookings: maybe(() => pick(NUMBERS)), total_spend: maybe(() => pick(NUMBERS)) },
      ...{ attributes: json(), source: text(), created_at: time(), updated_at: time() },
    };
  });
  const someone = () => pick(customers).id;
  const contests = [0, 1].map((at) => ({
    ...{
      id: id(),
      slug: `contest-${at}`,
      name: text(),
      benefit: text(),
      description: text(),
      status: 'active',
    },
    ...{
      timezone: 'UTC',
      starts_at: '1970-01-01T00:00:00.000Z',
      ends_at: time(),
      rules: json(),
      rules_sha256: text(),
    },
    ...{ created_at: time(), launched_at: maybe(time), seed: maybe(text) },
  }));
  const contest = () => pick(contests);
  const codes = customers.map((customer, at) => ({
    ...{ id: id(), code: `CODE${at}`, contest_id: contest().id, customer_ref: customer.id },
    ...{ status: pick(['active', 'revoked', 'expired']), created_at: time(), expires_at: time() },
  }));
  const templates = [
    { id: id(), name: text(), version: 1, sha256: text(), document: text(), created_at: time() },
  ];
  const campaigns = [0, 1].map((at) => ({
    ...{
      id: id(),
      slug: `campaign-${at}`,
      contest_id: contest().id,
      template_id: templates[0]?.id,
      status: 'sent',
    },
    ...{
      subject: maybe(text),
      audience: json(),
      variants: json(),
      rate_per_second: maybe(() => pick(REALS)),
    },
    ...{ created_at: time(), finished_at: maybe(time) },
  }));
  const deliveries = customers.map((customer, at) => ({
    ...{ id: id(), campaign_id: pick(campaigns).id, customer_ref: customer.id, email: maybe(text) },
    ...{ address_key: `person${at}@example.test`, address_hash: text(), variant: text(), not_before: time() },
    ...{ status: pick(['pending', 'accepted', 'refused', 'in_doubt', 'skipped']), sent_at: maybe(time) },
    ...{ settled_at: maybe(time), provider_message_id: maybe(text), error: maybe(text), attempts: below(5) },
  }));
  const bookings = many((at) => ({
    ...{
      id: id(),
      source: text(),
      booking_reference: `B-${at}`,
      customer_ref: maybe(someone),
      code: maybe(text),
    },
    ...{ amount_minor: pick(NUMBERS), refunded_minor: below(100), currency: 'EUR', status: 'completed' },
    ...{ booked_at: time(), completed_at: maybe(time), attributes: json(), created_at: time() },
  }));
  const segments = many((at) => ({
    ...{ id: id(), name: `s${at}${text()}`, kind: pick(['rule', 'where', 'model']), definition: json() },
    ...{ created_at: time(), updated_at: time() },
  }));
  const payouts = many((at) => ({ id: id(), payout: `PO-${at}`, operator: text(), created_at: time() }));
  const rewards = many((at) => ({
    ...{
      id: id(),
      contest_id: contest().id,
      customer_ref: someone(),
      side: 'referrer',
      rule: text(),
      type: 'money',
    },
    ...{ idempotency_key: `reward-${at}`, amount_minor: 1 + below(10_000), currency: pick(['EUR', 'JPY']) },
    ...{
      status: pick(ACCOUNTS),
      created_at: time(),
      due_at: maybe(time),
      paid_at: maybe(time),
      updated_at: time(),
    },
  }));
  return {
    meta: many((at) => ({ name: `made-up-${at}`, value: text() })),
    customers,
    suppressions: many((at) => ({
      ...{ id: id(), address_hash: `${at}${text()}`, key_id: text(), source: text(), created_at: time() },
      reason: pick(['unsubscribed', 'bounced', 'complained', 'manual', 'erased']),
    })),
    segments,
    segment_members: segments.flatMap(({ id: segment_id }) =>
      customers
        .filter(() => random() < 0.3)
        .map((customer) => ({
          ...{ segment_id, customer_ref: customer.id, score: maybe(() => pick(REALS)), scored_at: time() },
        })),
    ),
    contests,
    participants: customers.map((customer) => ({
      ...{ id: id(), contest_id: contests[0]?.id, customer_ref: customer.id, enrolled_at: time() },
    })),
    codes,
    sign_ups: codes
      .filter(() => random() < 0.3)
      .map((code) => ({
        ...{
          id: id(),
          contest_id: code.contest_id,
          code_id: code.id,
          customer_ref: someone(),
          signed_up_at: time(),
        },
      })),
    templates,
    campaigns,
    senders: many(() => ({
      ...{ id: id(), campaign_id: pick(campaigns).id, transport: 'outbox', target: text(), host: text() },
      ...{ process_id: below(99_999), started_at: time(), stopped_at: time() },
    })),
    deliveries,
    rate_buckets: many((at) => ({ name: `${text()}${at}`, rate: pick(REALS), next_free_at: pick(REALS) })),
    events: many((at) => ({
      ...{ id: id(), provider_event_id: `${text()}${at}`, delivery_id: maybe(() => pick(deliveries).id) },
      ...{
        type: 'opened',
        occurred_at: time(),
        machine_open: below(2),
        url: maybe(text),
        imported_at: time(),
      },
    })),
    bookings,
    booking_changes: bookings.map((booking) => ({
      ...{ id: id(), booking_id: booking.id, from_status: maybe(text), to_status: text() },
      ...{ changes: json(), recorded_at: time() },
    })),
    rewards,
    payouts,
    payout_items: payouts.map((payout) => ({
      ...{
        payout_id: payout.id,
        customer_ref: someone(),
        currency: 'EUR',
        amount_minor: 1 + below(999),
        rewards: 1,
      },
    })),
    ledger_entries: rewards.flatMap((reward) =>
      entriesOf(reward, { id, time, payout: () => maybe(() => pick(payouts)?.id) }),
    ),
  };
}

interface MadeUpReward {
  readonly id: number;
  readonly contest_id: number;
  readonly customer_ref: number;
  readonly idempotency_key: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly status: string;
}

/** What brought a reward to where it is. */
function entriesOf(
  reward: MadeUpReward,
  make: { id(): number; time(): string; payout(): number | null | undefined },
): Rows {
  const path = ['program', ...ACCOUNTS.slice(0, ACCOUNTS.indexOf(reward.status as 'paid') + 1)];
  return path.slice(1).map((to_account, at) => {
    const content = {
      ...{ idempotency_key: `${reward.idempotency_key}/${at + 1}`, customer_ref: reward.customer_ref },
      ...{ kind: ['grant', 'claim', 'pay'][at] ?? '', from_account: path[at] ?? '', to_account },
      ...{
        amount_minor: reward.amount_minor,
        currency: reward.currency,
        reason: 'made up',
        recorded_at: make.time(),
      },
    };
    const hashed = { ...content, reward: reward.idempotency_key, contest: '', payout: null, run_id: null };
    return {
      ...{ id: make.id(), ...content, contest_id: reward.contest_id, reward_id: reward.id },
      payout_id: to_account === 'paid' ? (make.payout() ?? null) : null,
      content_sha256: hashEntry(hashed),
    };
  });
}
