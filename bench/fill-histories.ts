import { type RawBuilder, sql } from 'kysely';
import { parseRules } from '../src/core/contests/rules.ts';
import type { Database } from '../src/core/database/database.ts';
import { numbersUpTo } from './numbers-up-to.ts';

/** So many customers with a booking, two mails and ten events each, and some contests and referrals; until September 2026. */
export async function fillHistories({ engine: kind, queries }: Database, customers: number): Promise<void> {
  const isPostgres = kind === 'postgres';
  const made = sql.lit('2024-01-01T00:00:00.000Z');
  const numbers = (count: number) => sql`(${numbersUpTo(kind, Math.ceil(count))}) as numbers`;
  const after = (start: string, seconds: RawBuilder<unknown>): RawBuilder<unknown> =>
    isPostgres
      ? sql`timestamptz '${sql.raw(start)}T00:00:00Z' + (${seconds}) * interval '1 second'`
      : sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${sql.lit(start)}, '+' || (${seconds}) || ' seconds')`;
  const i = isPostgres ? sql`i::bigint` : sql`i`;
  const attributes = sql`'{"age":"' || (18 + i % 60) || '","city":"city ' || (${i} * 7919 % 300) || '"}'`;
  await sql`insert into customers (customer_id, consent, tier, country, locale, joined_at, attributes, source, created_at, updated_at)
    select 'C-' || i, 'granted', case i % 5 when 0 then 'gold' else 'basic' end, case i % 3 when 0 then 'NL' when 1 then 'DE' else 'PT' end, 'nl-NL',
      ${after('2024-01-01', sql`${i} * 7919 % 60000000`)}, ${isPostgres ? sql`(${attributes})::jsonb` : attributes}, 'import', ${made}, ${made} from ${numbers(customers)}`.execute(
    queries,
  );
  await sql`insert into contests (slug, name, benefit, description, status, timezone, starts_at, ends_at, rules, rules_sha256, created_at, launched_at)
    values ('bench', 'b', 'b', '', 'active', 'UTC', '2026-01-01', '2026-12-01', ${JSON.stringify(parseRules({}))}, 'x', ${made}, ${made})`.execute(
    queries,
  );
  await sql`insert into participants (contest_id, customer_ref, enrolled_at) select 1, id, ${made} from customers where id % 3 > 0`.execute(
    queries,
  );
  await sql`insert into codes (code, contest_id, customer_ref, status, created_at, expires_at)
    select 'K' || customer_ref, 1, customer_ref, 'active', ${made}, '2027-01-01' from participants`.execute(
    queries,
  );
  await sql`insert into templates (name, version, sha256, document, created_at) values ('t', 1, 'x', '{}', ${made})`.execute(
    queries,
  );
  for (const [campaign, start] of [
    [1, '2026-03-01'],
    [2, '2026-05-01'],
  ] as const) {
    await sql`insert into campaigns (slug, contest_id, template_id, status, audience, variants, created_at, started_at)
      values (${`mail-${campaign}`}, 1, 1, 'sent', '[]', '[]', ${made}, ${start})`.execute(queries);
    await sql`insert into deliveries (campaign_id, customer_ref, address_key, address_hash, variant, status, not_before, sent_at, settled_at, attempts)
      select ${sql.lit(campaign)}, id, 'c' || id, 'h' || id, 'main', case when id % 40 = 0 then 'refused' else 'accepted' end, ${made},
        ${after(start, sql`id / 50`)}, ${after(start, sql`id / 50`)}, 1 from customers`.execute(queries);
  }
  // Half are told as delivered, the others are opens and clicks, in the order in which they come in: anywhere among the mails.
  await sql`insert into events (provider_event_id, delivery_id, type, occurred_at, machine_open, imported_at)
    select 'e' || i, ${i} * 7919 % ${sql.lit(customers * 2)} + 1, case i % 10 when 0 then 'clicked' when 1 then 'opened' when 2 then 'opened' when 3 then 'opened'
      when 4 then 'clicked' else 'delivered' end, ${after('2026-03-01', sql`${i} % 12000000`)}, case when i % 30 = 1 then 1 else 0 end, ${made} from ${numbers(customers * 10)}`.execute(
    queries,
  );
  await sql`insert into bookings (source, booking_reference, customer_ref, amount_minor, refunded_minor, currency, status, booked_at, completed_at, attributes, created_at)
    select 'b', 'B' || i, ${i} * 48271 % ${sql.lit(customers)} + 1, 10000 + i % 7 * 1000, 0, case when i % 20 = 0 then 'USD' else 'EUR' end,
      case i % 8 when 0 then 'cancelled' when 1 then 'confirmed' else 'completed' end, ${after('2025-01-01', sql`${i} * 47 % 50000000`)},
      case when i % 8 > 1 then ${after('2025-02-01', sql`${i} * 47 % 50000000`)} end, '{}', ${made} from ${numbers(customers)}`.execute(
    queries,
  );
  await sql`insert into referrals (contest_id, code_id, referrer_ref, friend_ref, booking_id, status, reason, evidence, amount_minor, currency, booked_at, created_at, updated_at)
    select 1, p.id, p.customer_ref, b.customer_ref, b.id, 'approved', 'x', '{}', b.amount_minor, b.currency, b.booked_at, ${made}, ${made}
    from bookings b join participants p on p.id = b.id * 7 % ${sql.lit(Math.floor(customers / 10))} + 1 where b.id % 4 = 0
    on conflict do nothing`.execute(queries);
  await (isPostgres ? sql`vacuum analyze` : sql`analyze`).execute(queries);
}
