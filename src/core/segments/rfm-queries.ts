import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { currencyExponent } from '../money.ts';
import type { Instant } from '../time.ts';
import { RFM_SEGMENTS, rfmSegment } from './rfm.ts';

/** The currency of most bookings, the first by name among equals; undefined when there are none. */
async function findMainCurrency(queries: Queries, now: Instant): Promise<string | undefined> {
  const row = await queries
    .selectFrom('bookings')
    .select('currency')
    .where('booked_at', '<=', now)
    .groupBy('currency')
    .orderBy((of) => of.fn.countAll(), 'desc')
    .orderBy('currency')
    .limit(1)
    .executeTakeFirst();
  return row?.currency;
}

/** Hundredths of an amount in minor units of a currency, as integers on both engines. */
function hundredths(minor: RawBuilder<unknown>, currency: string): RawBuilder<number> {
  const exponent = currencyExponent(currency);
  if (exponent === 2) return sql`${minor}`;
  return exponent < 2
    ? sql`${minor} * ${sql.lit(10 ** (2 - exponent))}`
    : sql`${minor} / ${sql.lit(10 ** (exponent - 2))}`;
}

/**
 * `id, segment` of every customer who has ever booked: quintiles of recency (the last booking, else last activity), frequency and monetary
 * value among them. Customers with equal values share a quintile. Bookings that were cancelled or not kept do not count.
 */
export async function rfmPlaces(queries: Queries, now: Instant): Promise<RawBuilder<unknown>> {
  const currency = (await findMainCurrency(queries, now)) ?? 'EUR';
  const at = engineOf(queries) === 'postgres' ? sql`${now}::timestamptz` : sql`${now}`;
  const spent = hundredths(
    sql`cast(sum(case when currency = ${currency} then amount_minor - refunded_minor else 0 end) as bigint)`,
    currency,
  );
  const quintile = (column: string) =>
    sql`1 + (5 * (rank() over (order by ${sql.ref(column)}) - 1)) / count(*) over ()`;
  const cases = RFM_SEGMENTS.flatMap((name) =>
    quintilePairs()
      .filter(({ segment }) => segment === name)
      .map(
        ({ recency, value }) =>
          sql`when recency = ${sql.lit(recency)} and (frequency + monetary + 1) / 2 = ${sql.lit(value)} then ${sql.lit(name)}`,
      ),
  );
  return sql`(with booked as (
      select customer_ref, max(booked_at) as last_at, count(*) as bookings, ${spent} as spent from bookings
      where customer_ref is not null and booked_at <= ${at} and status in ('confirmed', 'completed')
      group by customer_ref
    ), facts as (
      select customers.id, coalesce(booked.last_at, customers.last_active_at, customers.joined_at) as last_at,
        case when coalesce(booked.bookings, 0) > coalesce(customers.total_bookings, 0) then booked.bookings
          else coalesce(customers.total_bookings, 0) end as bookings,
        coalesce(customers.total_spend, booked.spent, 0) as spent
      from customers left join booked on booked.customer_ref = customers.id
      where customers.erased_at is null
    ), quintiles as (
      select id, ${quintile('last_at')} as recency, ${quintile('bookings')} as frequency, ${quintile('spent')} as monetary
      from facts where bookings > 0 and last_at is not null
    )
    select id, case ${sql.join(cases, sql` `)} end as segment from quintiles)`;
}

function quintilePairs() {
  const five = [1, 2, 3, 4, 5];
  return five.flatMap((recency) =>
    five.map((value) => ({ recency, value, segment: rfmSegment(recency, value) })),
  );
}
