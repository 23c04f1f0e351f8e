import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';

/*
 * Rows of bookings wait in the temporary table `booking_rows` (see `conversions/stage-queries.ts`). Those whose booker is nobody yet go into
 * `new_bookers` first, one for each new customer and whatever the order of the rows, so that the index that finds them may be
 * taken away while they are added.
 */

/** Empties the list of new bookers, or makes it. */
export async function createNewBookers(queries: Queries): Promise<void> {
  await dropNewBookers(queries);
  const isSqlite = engineOf(queries) === 'sqlite';
  const type = sql.raw(isSqlite ? '' : 'text collate "C"');
  await sql`create temp table new_bookers (customer_id ${type}, email ${type}, address_key ${type})${sql.raw(
    isSqlite ? '' : ' on commit drop',
  )}`.execute(queries);
}

export async function dropNewBookers(queries: Queries): Promise<void> {
  await sql`drop table if exists new_bookers`.execute(queries);
}

const OWN_ID = sql`'b-' || s.booking_reference`;

/** Who is named by a `customer_id` that is not known; of several rows one with an address, of the least reference. */
export function collectNewIds(queries: Queries): Promise<number> {
  const order = sql`case when s.address_key is null then 1 else 0 end, s.booking_reference, s.address_key, s.email, s.place`;
  return collect(queries, {
    id: sql`s.customer_id`,
    partition: sql`s.customer_id`,
    order,
    condition: sql`s.customer_id is not null
      and not exists (select 1 from customers c where c.customer_id = s.customer_id)`,
  });
}

/** Who is named by an address that nobody has; the booking of the least reference gives the id. */
export function collectNewAddresses(queries: Queries): Promise<number> {
  return collect(queries, {
    id: OWN_ID,
    partition: sql`s.address_key`,
    order: sql`s.booking_reference, s.email, s.place`,
    condition: sql`s.customer_id is null and s.address_key is not null
      and not exists (select 1 from customers c where c.address_key = s.address_key)
      and not exists (select 1 from customers c where c.customer_id = ${OWN_ID})`,
  });
}

/** New bookings of whom nothing is said. */
export function collectNameless(queries: Queries, source: string): Promise<number> {
  return collect(queries, {
    id: OWN_ID,
    partition: sql`s.booking_reference`,
    order: sql`s.place`,
    condition: sql`s.customer_id is null and s.address_key is null
      and not exists (select 1 from bookings b where b.source = ${source} and b.booking_reference = s.booking_reference)
      and not exists (select 1 from customers c where c.customer_id = ${OWN_ID})`,
  });
}

async function collect(
  queries: Queries,
  {
    id,
    partition,
    order,
    condition,
  }: { readonly [Key in 'id' | 'partition' | 'order' | 'condition']: RawBuilder<unknown> },
): Promise<number> {
  const from = sql`from booking_rows s where ${condition}`;
  const firsts =
    engineOf(queries) === 'postgres'
      ? sql`select distinct on (${partition}) ${id}, s.email, s.address_key ${from} order by ${partition}, ${order}`
      : sql`select customer_id, email, address_key from (select ${id} as customer_id, s.email, s.address_key,
          row_number() over (partition by ${partition} order by ${order}) as nth ${from}) as numbered where nth = 1`;
  const result = await sql`insert into new_bookers (customer_id, email, address_key) ${firsts}`.execute(
    queries,
  );
  return Number(result.numAffectedRows ?? 0n);
}

/**
 * Makes customers of the list, with consent `unknown`, and empties it. Bookings with the same reference may each bring an address: the one that
 * sorts first makes the customer.
 */
export async function insertNewBookers(queries: Queries, now: string): Promise<void> {
  const isPostgres = engineOf(queries) === 'postgres';
  const at = isPostgres ? sql`${now}::timestamptz` : sql`${now}`;
  // Without a key in the way PostgreSQL needs no index of them, which may be away meanwhile.
  const first = sql.raw(isPostgres ? 'distinct on (customer_id)' : '');
  const once = sql.raw(isPostgres ? '' : 'on conflict (customer_id) do nothing');
  await sql`insert into customers (customer_id, email, address_key, consent, attributes, source, created_at, updated_at)
    select ${first} customer_id, email, address_key, 'unknown', '{}', 'booking', ${at}, ${at} from new_bookers
    where true order by customer_id, address_key ${once}`.execute(queries);
  await sql`${sql.raw(isPostgres ? 'truncate' : 'delete from')} new_bookers`.execute(queries);
}
