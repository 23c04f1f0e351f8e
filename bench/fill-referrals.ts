import { sql } from 'kysely';
import type { Database, Engine, Queries } from '../src/core/database/database.ts';
import { suspendIndexes } from '../src/core/database/suspend-indexes.ts';
import { allowMemory } from '../src/core/database/work-memory.ts';
import { numbersUpTo } from './numbers-up-to.ts';

/**
 * An active contest `bench` with so many approved referrals, of a booking each, by a tenth as many participants; `rules` is its document as
 * canonical JSON.
 */
export async function fillReferrals(database: Database, referrals: number, rules = '{}'): Promise<void> {
  const { engine, queries } = database;
  await database.transaction(async (transaction) => {
    await allowMemory(transaction);
    const resumeBookings = await suspendIndexes(transaction, 'bookings');
    const resumeReferrals = await suspendIndexes(transaction, 'referrals');
    await fillTables(engine, transaction, referrals, rules);
    await resumeBookings();
    await resumeReferrals();
  });
  await (engine === 'postgres' ? sql`vacuum analyze` : sql`analyze`).execute(queries);
}

async function fillTables(kind: Engine, queries: Queries, referrals: number, rules: string): Promise<void> {
  const participants = Math.ceil(referrals / 10);
  const now = sql.lit('2026-06-01T00:00:00.000Z');
  const numbers = (count: number) => sql`(${numbersUpTo(kind, count)}) as numbers`;
  const bookedAt =
    kind === 'postgres'
      ? sql`timestamptz '2026-06-01' + (i::bigint * 7919 % 5000000) * interval '1 second'`
      : sql`strftime('%Y-%m-%dT%H:%M:%fZ', '2026-06-01', '+' || (i * 7919 % 5000000) || ' seconds')`;
  await sql`insert into customers (customer_id, consent, attributes, source, created_at, updated_at)
    select 'C-' || i, 'granted', '{"region":"north"}', 'import', ${now}, ${now} from ${numbers(participants + referrals)}`.execute(
    queries,
  );
  await sql`insert into contests (slug, name, benefit, description, status, timezone, starts_at, ends_at, rules, rules_sha256, created_at)
    values ('bench', 'b', 'b', '', 'active', 'UTC', '2026-06-01', '2027-06-01', ${rules}, 'x', ${now})`.execute(
    queries,
  );
  await sql`insert into codes (code, contest_id, customer_ref, status, created_at, expires_at)
    select 'K' || i, 1, i, 'active', ${now}, ${now} from ${numbers(participants)}`.execute(queries);
  await sql`insert into bookings (source, booking_reference, customer_ref, amount_minor, refunded_minor, currency, status, booked_at, attributes, created_at)
    select 'b', 'B' || i, i + ${sql.lit(participants)}, 10000 + i % 7 * 1000, 0, 'EUR', 'completed', ${bookedAt},
      ${kind === 'postgres' ? sql`(case i % 3 when 0 then '{"region":"east"}' when 1 then '{"region":"south"}' else '{}' end)::jsonb` : sql`case i % 3 when 0 then '{"region":"east"}' when 1 then '{"region":"south"}' else '{}' end`}, ${now}
    from ${numbers(referrals)}`.execute(queries);
  await sql`insert into referrals (contest_id, code_id, referrer_ref, friend_ref, booking_id, status, reason, evidence, amount_minor, currency, booked_at, created_at, updated_at)
    select 1, id * 48271 % ${sql.lit(participants)} + 1, id * 48271 % ${sql.lit(participants)} + 1, customer_ref, id, 'approved', 'x', '{}',
      amount_minor, 'EUR', booked_at, ${now}, ${now} from bookings order by id`.execute(queries);
}
