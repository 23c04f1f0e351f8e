import { type RawBuilder, sql } from 'kysely';
import { parseRules } from '../src/core/contests/rules.ts';
import type { Database } from '../src/core/database/database.ts';
import { numbersUpTo } from './numbers-up-to.ts';

/** So many customers, contests, mails, bookings and rewards, with five events for each customer. */
export async function fillReports({ engine: kind, queries }: Database, customers: number): Promise<void> {
  const isPostgres = kind === 'postgres';
  const made = sql.lit('2026-01-01T00:00:00.000Z');
  const numbers = (count: number): RawBuilder<unknown> =>
    sql`(${numbersUpTo(kind, Math.ceil(count))}) as numbers`;
  const after = (start: string, seconds: RawBuilder<unknown>): RawBuilder<unknown> =>
    isPostgres
      ? sql`timestamptz '${sql.raw(start)}T00:00:00Z' + (${seconds}) * interval '1 second'`
      : sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${sql.lit(start)}, '+' || (${seconds}) || ' seconds')`;
  const i = isPostgres ? sql`i::bigint` : sql`i`;
  const id = sql`id`;
  await sql`insert into customers (customer_id, consent, joined_at, attributes, source, created_at, updated_at)
    select 'C-' || i, case i % 9 when 0 then 'withdrawn' when 1 then 'unknown' else 'granted' end,
      ${after('2024-01-01', sql`${i} * 7919 % 76000000`)}, '{}', 'import', ${made}, ${made} from ${numbers(customers)}`.execute(
    queries,
  );
  await sql`insert into contests (slug, name, benefit, description, status, timezone, starts_at, ends_at, rules, rules_sha256, created_at)
    values ('bench', 'b', 'b', '', 'active', 'Europe/Amsterdam', '2026-01-01', '2026-12-01', ${JSON.stringify(parseRules({}))}, 'x', ${made})`.execute(
    queries,
  );
  await sql`insert into participants (contest_id, customer_ref, enrolled_at) select 1, id, ${made} from customers where id % 3 > 0`.execute(
    queries,
  );
  await sql`insert into codes (code, contest_id, customer_ref, status, created_at, expires_at)
    select 'K' || customer_ref, 1, customer_ref, 'active', ${made}, '2027-01-01' from participants`.execute(
    queries,
  );
  await sql`insert into segments (name, kind, definition, created_at, updated_at)
    values ('new_user', 'rule', '{}', ${made}, ${made}), ('active_user', 'rule', '{}', ${made}, ${made}), ('power_user', 'rule', '{}', ${made}, ${made})`.execute(
    queries,
  );
  await sql`insert into segment_members (segment_id, customer_ref, scored_at) select id % 3 + 1, id, ${made} from customers`.execute(
    queries,
  );
  await sql`insert into templates (name, version, sha256, document, created_at) values ('t', 1, 'x', '{}', ${made})`.execute(
    queries,
  );
  await sql`insert into campaigns (slug, contest_id, template_id, status, audience, variants, created_at, started_at)
    values ('launch', 1, 1, 'sent', '[]', '[]', ${made}, '2026-03-01'), ('reminder', 1, 1, 'sent', '[]', '[]', ${made}, '2026-04-01')`.execute(
    queries,
  );
  for (const [campaign, start, every] of [
    [1, '2026-03-01', 1],
    [2, '2026-04-01', 2],
  ] as const) {
    await sql`insert into deliveries (campaign_id, customer_ref, address_key, address_hash, variant, status, not_before, sent_at, settled_at, attempts)
      select ${sql.lit(campaign)}, id, 'c' || id, 'h' || id, 'main', case when id % 40 = 0 then 'refused' else 'accepted' end, ${made},
        ${after(start, sql`${id} / 50`)}, ${after(start, sql`${id} / 50`)}, 1 from customers where id % ${sql.lit(every)} = 0`.execute(
      queries,
    );
  }
  const types = sql`case i % 10 when 0 then 'clicked' when 1 then 'opened' when 2 then 'opened' when 3 then 'opened' when 4 then
    case when i % 400 = 4 then 'bounced' when i % 2000 = 14 then 'complained' else 'processed' end else 'delivered' end`;
  // As they come in: in the order of sending, opens and clicks later and anywhere.
  await sql`insert into events (provider_event_id, delivery_id, type, occurred_at, machine_open, reason, imported_at)
    select 'e' || i, (case when i % 10 < 4 then ${i} * 7919 else ${i} * 3 / 10 end) % ${sql.lit(Math.floor(customers * 1.5))} + 1, ${types},
      ${after('2026-03-01', sql`${i} % 8000000`)}, case when i % 30 = 1 then 1 else 0 end,
      case when i % 400 = 4 then '550 no such mailbox' end, ${made} from ${numbers(customers * 5)}`.execute(
    queries,
  );
  await sql`insert into bookings (source, booking_reference, customer_ref, amount_minor, refunded_minor, currency, status, booked_at, attributes, created_at)
    select 'b', 'B' || i, ${i} * 48271 % ${sql.lit(customers)} + 1, 10000 + i % 7 * 1000, 0, case when i % 20 = 0 then 'USD' else 'EUR' end,
      case i % 8 when 0 then 'cancelled' when 1 then 'confirmed' else 'completed' end, ${after('2026-02-01', sql`${i} * 17`)}, '{}', ${made}
    from ${numbers(customers)}`.execute(queries);
  await sql`insert into referrals (contest_id, code_id, referrer_ref, friend_ref, booking_id, status, reason, evidence, amount_minor, currency, booked_at, created_at, updated_at)
    select 1, p.id, p.customer_ref, b.customer_ref, b.id, case when b.status = 'cancelled' then 'reversed' when b.id % 25 = 0 then 'rejected' else 'approved' end,
      'x', '{}', b.amount_minor, b.currency, b.booked_at, ${made}, ${made}
    from bookings b join participants p on p.id = b.id * 7 % ${sql.lit(Math.floor(customers / 10))} + 1 where b.id % 4 = 0 and b.id <= ${sql.lit(customers)}
    on conflict do nothing`.execute(queries);
  await sql`insert into rewards (contest_id, customer_ref, side, rule, type, referral_id, idempotency_key, amount_minor, currency, status, created_at, updated_at)
    select 1, referrer_ref, 'referrer', 'r', 'money', id, 'r' || id, 2500, 'EUR', case when id % 2 = 0 then 'paid' else 'available' end, ${made}, ${made}
    from referrals where status = 'approved'`.execute(queries);
  await (isPostgres ? sql`vacuum analyze` : sql`analyze`).execute(queries);
}
