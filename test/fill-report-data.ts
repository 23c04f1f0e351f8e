import type { Insertable } from 'kysely';
import { hashRules, parseRules } from '../src/core/contests/rules.ts';
import type { Database, Queries } from '../src/core/database/database.ts';
import { insertRows } from '../src/core/database/insert-rows.ts';
import type {
  BookingStatus,
  DeliveryStatus,
  EventType,
  ReferralStatus,
  RewardStatus,
  Tables,
} from '../src/core/database/tables.ts';
import { seededNumbers } from '../src/core/demo/seeded-numbers.ts';
import { addMilliseconds, type Instant } from '../src/core/time.ts';

const DAY_MS = 86_400_000;
export const REPORT_CONTEST = 'summer';
export const REPORT_START: Instant = '2026-03-19T23:00:00.000Z';
const CREATED: Instant = '2026-03-01T00:00:00.000Z';
const FIRST_NAMES = [
  'Anna',
  'Bram',
  'Chloé',
  'Daan',
  'Emma',
  'Finn',
  'Greta',
  'Hugo',
  'Iris',
  'Jonas',
  'Katja',
];
const LAST_NAMES = ['Bakker', 'de Vries', 'Ångström', 'Meyer', 'Dubois', 'García', 'Jansen', 'Novák'];

type Rows = { readonly [Table in keyof Tables]?: Insertable<Tables[Table]>[] };

/**
 * Fills a fresh database through plain inserts with everything that a report reads: the same numbers for the same seed.
 * Statuses, times and currencies are drawn independently, also in combinations that the program itself would not make.
 */
export async function fillReportData(
  database: Database,
  {
    customers = 300,
    eventsPerMail = 3,
    seed = 7,
  }: { customers?: number; eventsPerMail?: number; seed?: number } = {},
): Promise<void> {
  const next = seededNumbers(seed);
  const pick = <T>(values: readonly [T, ...T[]]): T =>
    values[Math.floor(next() * values.length)] ?? values[0];
  const chance = (share: number): boolean => next() < share;
  const within = (days: number): Instant => addMilliseconds(REPORT_START, Math.floor(next() * days * DAY_MS));
  const later = (instant: Instant, days: number): Instant =>
    addMilliseconds(instant, Math.floor(next() * days * DAY_MS));
  await database.transaction(async (transaction) => {
    await insertContests(transaction);
    const rows = {
      customers: [] as Insertable<Tables['customers']>[],
      participants: [] as Insertable<Tables['participants']>[],
      codes: [] as Insertable<Tables['codes']>[],
      segment_members: [] as Insertable<Tables['segment_members']>[],
      deliveries: [] as Insertable<Tables['deliveries']>[],
      events: [] as Insertable<Tables['events']>[],
      bookings: [] as Insertable<Tables['bookings']>[],
      referrals: [] as Insertable<Tables['referrals']>[],
      rewards: [] as Insertable<Tables['rewards']>[],
    };
    for (let id = 1; id <= customers; id++) {
      const erased = chance(0.01);
      rows.customers.push({
        ...{ id, customer_id: `C-${String(id).padStart(5, '0')}`, name: null, tier: null, locale: 'nl' },
        ...(erased
          ? { email: null, address_key: null }
          : { email: `c${id}@example.test`, address_key: `c${id}@example.test` }),
        ...{
          first_name: erased ? null : pick(['Anna', ...FIRST_NAMES]),
          last_name: erased ? null : pick(['Bakker', ...LAST_NAMES]),
        },
        ...{ timezone: null, phone: null, country: 'NL', joined_at: CREATED, last_active_at: null },
        consent: chance(0.82) ? 'granted' : pick(['withdrawn', 'unknown'] as const),
        ...{
          consent_at: null,
          consent_source: null,
          total_bookings: 1,
          total_spend: 1000,
          attributes: '{"city":"Utrecht"}',
        },
        ...{ source: 'import', erased_at: erased ? CREATED : null, created_at: CREATED, updated_at: CREATED },
      });
      rows.segment_members.push({
        segment_id: 1 + Math.floor(next() * 3),
        customer_ref: id,
        score: null,
        scored_at: CREATED,
      });
      for (const contest_id of [1, 2]) {
        if (!chance(contest_id === 1 ? 0.8 : 0.2)) continue;
        rows.participants.push({ contest_id, customer_ref: id, enrolled_at: CREATED });
        rows.codes.push({
          ...{ id: rows.codes.length + 1, code: `K${contest_id}-${id}`, contest_id, customer_ref: id },
          status: chance(0.9) ? 'active' : pick(['revoked', 'expired'] as const),
          ...{ created_at: CREATED, expires_at: within(365), revoked_at: null },
        });
      }
      for (const campaign_id of [1, 2, 3]) {
        if (!chance([0, 0.85, 0.4, 0.15][campaign_id] ?? 0)) continue;
        const sent = addMilliseconds(REPORT_START, campaign_id * 9 * DAY_MS + Math.floor(next() * 3_600_000));
        const status: DeliveryStatus = chance(0.93)
          ? 'accepted'
          : pick(['pending', 'refused', 'in_doubt', 'skipped'] as const);
        const delivery_id = rows.deliveries.length + 1;
        rows.deliveries.push({
          ...{
            id: delivery_id,
            campaign_id,
            customer_ref: id,
            email: `c${id}@example.test`,
            address_key: `c${id}@example.test`,
          },
          ...{
            address_hash: `h${id}`,
            variant: 'main',
            status,
            sender_id: null,
            claimed_at: sent,
            attempts: 1,
            not_before: CREATED,
          },
          ...(status === 'pending'
            ? { sent_at: null, settled_at: null }
            : { sent_at: sent, settled_at: later(sent, 0.1) }),
          ...{ provider_message_id: null, error: status === 'refused' ? 'no such mailbox' : null },
        });
        if (status !== 'accepted') continue;
        const event = (type: EventType, days: number, machine_open = 0): void => {
          rows.events.push({
            ...{
              provider_event_id: `e${rows.events.length}`,
              delivery_id,
              type,
              occurred_at: later(sent, days),
              machine_open,
            },
            ...{ url: null, reason: null, imported_at: CREATED },
          });
        };
        if (chance(0.02)) event('bounced', 0.1);
        else event('delivered', 0.1);
        for (let more = 1; more < eventsPerMail; more++) {
          if (chance(0.3)) event('opened', 5, chance(0.3) ? 1 : 0);
          if (chance(0.1)) event('clicked', 5);
          if (chance(0.003)) event('unsubscribed', 5);
          if (chance(0.001)) event('complained', 5);
        }
      }
    }
    const live = new Set<string>();
    for (let id = 1; id <= Math.ceil(customers * 0.9); id++) {
      const booked_at = within(95);
      const status: BookingStatus = chance(0.7)
        ? 'completed'
        : pick(['confirmed', 'cancelled', 'no_show', 'refunded', 'confirmed'] as const);
      const amount_minor = 5_000 + Math.floor(next() * 90_000);
      const currency = chance(0.9) ? 'EUR' : pick(['USD', 'JPY'] as const);
      const refunded_minor =
        status === 'refunded' ? amount_minor : chance(0.05) ? Math.floor(amount_minor / 3) : 0;
      const friend = 1 + Math.floor(next() * customers);
      rows.bookings.push({
        ...{
          id,
          source: 'bookings',
          booking_reference: `B-${id}`,
          customer_ref: friend,
          code: null,
          amount_minor,
          refunded_minor,
        },
        ...{
          currency,
          status,
          booked_at,
          completed_at: status === 'completed' || status === 'refunded' ? later(booked_at, 20) : null,
        },
        ...{
          cancelled_at: status === 'cancelled' ? later(booked_at, 9) : null,
          updated_at: chance(0.6) ? later(booked_at, 30) : null,
        },
        ...{
          attributes: '{"region":"north"}',
          first_import_id: null,
          last_import_id: null,
          created_at: CREATED,
        },
      });
      for (const contest_id of [1, 2]) {
        const code = rows.codes[Math.floor(next() ** 2 * rows.codes.length)];
        if (
          !chance(contest_id === 1 ? 0.55 : 0.1) ||
          code?.id === undefined ||
          code.contest_id !== contest_id
        )
          continue;
        let referral: ReferralStatus =
          status === 'completed'
            ? pick(['approved', 'approved', 'approved', 'held', 'rejected'] as const)
            : 'reversed';
        if (status === 'confirmed') referral = pick(['pending', 'expired'] as const);
        if (live.has(`${contest_id} ${friend}`) || code.customer_ref === friend) referral = 'rejected';
        if (['pending', 'held', 'approved'].includes(referral)) live.add(`${contest_id} ${friend}`);
        const referral_id = rows.referrals.length + 1;
        rows.referrals.push({
          ...{
            id: referral_id,
            contest_id,
            code_id: code.id,
            referrer_ref: code.customer_ref,
            friend_ref: friend,
            booking_id: id,
          },
          ...{
            status: referral,
            reason: 'approval.automatic',
            evidence: '[]',
            amount_minor: amount_minor - refunded_minor,
            currency,
          },
          ...{
            booked_at,
            hold_until: null,
            decided_at: null,
            decided_by: null,
            created_at: CREATED,
            updated_at: CREATED,
          },
        });
        if (referral !== 'approved' && referral !== 'held' && referral !== 'reversed') continue;
        const reward: RewardStatus =
          referral === 'held'
            ? 'held'
            : referral === 'reversed'
              ? 'reversed'
              : pick(['available', 'claimed', 'paid', 'paid', 'expired'] as const);
        for (const side of ['referrer', 'friend'] as const) {
          const money = side === 'referrer' || chance(0.5);
          rows.rewards.push({
            ...{
              contest_id,
              customer_ref: side === 'referrer' ? code.customer_ref : friend,
              side,
              rule: `rewards.${side}`,
            },
            ...{
              type: money ? 'money' : 'free_days',
              referral_id,
              idempotency_key: `${referral_id} ${side}`,
            },
            ...(money
              ? { amount_minor: 2_500, currency, days: null }
              : { amount_minor: null, currency: null, days: 3 }),
            ...{
              points: null,
              badge: null,
              status: reward,
              created_at: later(booked_at, 25),
              due_at: null,
              expires_at: null,
            },
            claimed_at: reward === 'claimed' || reward === 'paid' ? later(booked_at, 40) : null,
            paid_at: reward === 'paid' ? later(booked_at, 60) : null,
            updated_at: CREATED,
          });
        }
      }
    }
    await insertAll(transaction, rows);
  });
}

async function insertContests(queries: Queries): Promise<void> {
  const { text, sha256 } = hashRules(
    parseRules({ rewards: { referrer: { type: 'money', amount: '25.00', currency: 'EUR' } } }),
  );
  const contest = {
    ...{
      benefit: '€25',
      description: '',
      status: 'active' as const,
      timezone: 'Europe/Amsterdam',
      rules: text,
    },
    ...{
      rules_sha256: sha256,
      created_at: CREATED,
      launched_at: CREATED,
      ended_at: null,
      finalized_at: null,
    },
    ...{ seed: null, seed_sha256: null, final_digest: null },
  };
  const campaign = {
    ...{
      contest_id: 1,
      template_id: 1,
      status: 'sent' as const,
      subject: null,
      audience: '[]',
      variants: '[]',
    },
    ...{ rate_per_second: null, quiet_hours: null, send_at: null, plan_digest: null, transport: 'outbox' },
    ...{ created_at: CREATED, approved_at: null, approved_by: null, finished_at: null },
    ...{ submitted_at: null, submitted_by: null, review_note: null },
  };
  const started = (days: number): Instant => addMilliseconds(REPORT_START, days * DAY_MS);
  await insertAll(queries, {
    contests: [
      {
        ...contest,
        id: 1,
        slug: REPORT_CONTEST,
        name: 'Summer of Friends',
        starts_at: REPORT_START,
        ends_at: started(90),
      },
      { ...contest, id: 2, slug: 'other', name: 'Other', starts_at: started(10), ends_at: started(40) },
    ],
    templates: [{ id: 1, name: 'launch', version: 1, sha256: 'x', document: '{}', created_at: CREATED }],
    campaigns: [
      { ...campaign, id: 1, slug: 'launch', started_at: started(9) },
      { ...campaign, id: 2, slug: 'reminder', started_at: started(18) },
      { ...campaign, id: 3, slug: 'other-launch', contest_id: 2, started_at: started(27) },
    ],
    segments: ['power_user', 'active_user', 'new_user'].map((name, index) => ({
      ...{
        id: index + 1,
        name,
        kind: 'rule' as const,
        definition: '{}',
        created_at: CREATED,
        updated_at: CREATED,
      },
    })),
  });
}

async function insertAll(queries: Queries, rows: Rows): Promise<void> {
  for (const [table, list] of Object.entries(rows)) {
    await insertRows(queries, table as keyof Tables, list as never);
  }
}
