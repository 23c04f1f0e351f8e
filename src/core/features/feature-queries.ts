import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { instantParameter } from '../database/instant-parameter.ts';
import { sortedKey } from '../database/sorted-key.ts';
import { currencyExponent } from '../money.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import type { CustomerFacts } from './feature-list.ts';

const DAY_MS = 86_400_000;

/** The currency of most bookings up to a time, the first by name among equals. */
export async function findMainCurrency(queries: Queries, at: Instant): Promise<string> {
  const row = await queries
    .selectFrom('bookings')
    .select('currency')
    .where('booked_at', '<=', at)
    .groupBy('currency')
    .orderBy((of) => of.fn.countAll(), 'desc')
    .orderBy('currency')
    .limit(1)
    .executeTakeFirst();
  return row?.currency ?? 'EUR';
}

/** Rows with `customer_ref` and whatever else is read of them. */
export interface Population {
  /** `customer_ref, outcome`: whose facts are wanted, and what became of them. */
  readonly rows: RawBuilder<unknown>;
}

type KnownFacts = CustomerFacts & { readonly outcome: number };

/**
 * The facts of customers who are not erased, as of a time, by their key: each table is gone over once, and only rows dated at or before
 * the time count. With a population only those in it, with their outcome. One stream at a time.
 */
export async function* streamFacts(
  queries: Queries,
  at: Instant,
  currency: string,
  population?: Population,
): AsyncGenerator<KnownFacts> {
  const sources = listSources(queries, at, currency);
  const named =
    engineOf(queries) === 'sqlite'
      ? await keepSources(queries, sources)
      : sql`with ${sql.join(sources.map(({ name, rows }) => sql`${sql.ref(name)} as (${rows})`))}`;
  const of =
    population === undefined ? sql`` : sql`join ${population.rows} as wanted on wanted.customer_ref = c.id`;
  const outcome = population === undefined ? sql`0` : sql`wanted.outcome`;
  const facts = sql<KnownFacts>`(
    ${named} select c.id, c.customer_id, c.tier, c.country, c.locale, c.timezone, c.consent, c.last_active_at,
      c.total_bookings, c.total_spend, c.attributes,
      case when c.joined_at <= ${instantParameter(queries, at)} then c.joined_at end as joined_at,
      coalesce(booked.bookings, 0) as bookings, coalesce(booked.bookings_365d, 0) as bookings_365d,
      coalesce(booked.spend, 0) as spend, booked.last_booked_at, coalesce(booked.completed, 0) as completed,
      coalesce(booked.cancelled, 0) as cancelled, coalesce(mailed.mails, 0) as mails,
      coalesce(mailed.mails_90d, 0) as mails_90d, mailed.last_mailed_at, coalesce(heard.clicks, 0) as clicks,
      coalesce(heard.clicked_mails, 0) as clicked_mails, coalesce(heard.clicks_90d, 0) as clicks_90d,
      heard.last_clicked_at, coalesce(heard.click_seconds, 0) as click_seconds, coalesce(heard.opens, 0) as opens,
      heard.last_opened_at, coalesce(joined.contests, 0) as contests, coalesce(referred.referrals, 0) as referrals,
      coalesce(referred.referrals_converted, 0) as referrals_converted, referred.last_referral_at, ${outcome} as outcome
    from customers c ${of}
      left join booked on booked.customer_ref = c.id left join mailed on mailed.customer_ref = c.id
      left join heard on heard.customer_ref = c.id left join joined on joined.customer_ref = c.id
      left join referred on referred.customer_ref = c.id
    where c.erased_at is null)`.as<'facts'>('facts');
  yield* queries.selectFrom(facts).selectAll().orderBy('id').stream(2_000);
}

/** What one table knows of customers. */
interface Source {
  readonly name: string;
  /** Without `customer_ref`, which is the first. */
  readonly columns: readonly string[];
  /** `customer_ref` and the columns, by `customer_ref`. */
  readonly rows: RawBuilder<unknown>;
}

function listSources(queries: Queries, at: Instant, currency: string): readonly Source[] {
  return [
    {
      name: 'booked',
      columns: ['bookings', 'bookings_365d', 'spend', 'last_booked_at', 'completed', 'cancelled'],
      rows: bookingFacts(queries, at, currency),
    },
    {
      name: 'mailed',
      columns: ['mails', 'mails_90d', 'last_mailed_at'],
      rows: mailFacts(queries, at),
    },
    {
      name: 'heard',
      columns: [
        ...['clicks', 'clicked_mails', 'clicks_90d', 'last_clicked_at', 'click_seconds', 'opens'],
        'last_opened_at',
      ],
      rows: eventFacts(queries, at),
    },
    { name: 'joined', columns: ['contests'], rows: contestFacts(queries, at) },
    {
      name: 'referred',
      columns: ['referrals', 'referrals_converted', 'last_referral_at'],
      rows: referralFacts(queries, at),
    },
  ];
}

/*
 * SQLite would hold each of them twice, once as rows and once as an index, all ten at the same time and each in a cache of its own. In temporary tables by their
 * key, which share one cache, they are there once, and are found without an index.
 */
async function keepSources(queries: Queries, sources: readonly Source[]): Promise<RawBuilder<unknown>> {
  for (const { name, columns, rows } of sources) {
    const table = sql`temp.${sql.ref(name)}`;
    const names = sql.join(columns.map((column) => sql.ref(column)));
    await sql`drop table if exists ${table}`.execute(queries);
    await sql`create temp table ${sql.ref(name)} (customer_ref integer primary key, ${names})`.execute(
      queries,
    );
    await sql`insert into ${table} (customer_ref, ${names}) ${rows}`.execute(queries);
  }
  return sql``;
}

function countIf(condition: RawBuilder<unknown>): RawBuilder<number> {
  return sql`sum(case when ${condition} then 1 else 0 end)`;
}

function bookingFacts(queries: Queries, at: Instant, currency: string): RawBuilder<unknown> {
  const until = instantParameter(queries, at);
  const exponent = currencyExponent(currency);
  const factor =
    exponent <= 2 ? sql`* ${sql.lit(10 ** (2 - exponent))}` : sql`/ ${sql.lit(10 ** (exponent - 2))}`;
  return sql`select ${sortedKey(queries, 'customer_ref')} as customer_ref, count(*) as bookings,
      ${countIf(sql`booked_at > ${instantParameter(queries, addMilliseconds(at, -365 * DAY_MS))}`)} as bookings_365d,
      cast(sum(case when currency = ${currency} then amount_minor else 0 end) as bigint) ${factor} as spend,
      max(booked_at) as last_booked_at, ${countIf(sql`completed_at <= ${until}`)} as completed,
      ${countIf(sql`cancelled_at <= ${until}`)} as cancelled
    from bookings where customer_ref is not null and booked_at <= ${until} group by 1`;
}

function mailFacts(queries: Queries, at: Instant): RawBuilder<unknown> {
  return sql`select ${sortedKey(queries, 'customer_ref')} as customer_ref, count(*) as mails,
      ${countIf(sql`sent_at > ${instantParameter(queries, addMilliseconds(at, -90 * DAY_MS))}`)} as mails_90d, max(sent_at) as last_mailed_at
    from deliveries where status = 'accepted' and sent_at <= ${instantParameter(queries, at)} group by 1`;
}

/** First by mail, then by customer. */
function eventFacts(queries: Queries, at: Instant): RawBuilder<unknown> {
  const isPostgres = engineOf(queries) === 'postgres';
  const isClick = sql`type = 'clicked'`;
  const seconds = (column: RawBuilder<unknown>) =>
    isPostgres
      ? sql`cast(extract(epoch from date_trunc('second', ${column})) as bigint)`
      : sql`unixepoch(${column})`;
  const recent = instantParameter(queries, addMilliseconds(at, -90 * DAY_MS));
  // In the order of the table, and sorted by mail afterwards: by its index SQLite would fetch every row from another page.
  const source = isPostgres ? sql`events` : sql`events not indexed`;
  return sql`select d.customer_ref, cast(sum(clicks) as bigint) as clicks, ${countIf(sql`clicks > 0`)} as clicked_mails,
      cast(sum(clicks_90d) as bigint) as clicks_90d, max(last_clicked_at) as last_clicked_at,
      cast(sum(case when d.sent_at is null then 0 else click_seconds - clicks * ${seconds(sql`d.sent_at`)} end) as bigint) as click_seconds,
      cast(sum(opens) as bigint) as opens, max(last_opened_at) as last_opened_at
    from (select delivery_id, ${countIf(isClick)} as clicks, ${countIf(sql`${isClick} and occurred_at > ${recent}`)} as clicks_90d,
        max(case when ${isClick} then occurred_at end) as last_clicked_at,
        sum(case when ${isClick} then ${seconds(sql`occurred_at`)} else 0 end) as click_seconds,
        ${countIf(sql`type = 'opened'`)} as opens, max(case when type = 'opened' then occurred_at end) as last_opened_at
      from ${source} where occurred_at <= ${instantParameter(queries, at)} and (${isClick} or (type = 'opened' and machine_open = 0))
      group by delivery_id) as by_mail join deliveries d on d.id = by_mail.delivery_id
    group by d.customer_ref`;
}

function contestFacts(queries: Queries, at: Instant): RawBuilder<unknown> {
  return sql`select ${sortedKey(queries, 'customer_ref')} as customer_ref, count(*) as contests from participants
    where enrolled_at <= ${instantParameter(queries, at)} group by 1`;
}

function referralFacts(queries: Queries, at: Instant): RawBuilder<unknown> {
  const until = instantParameter(queries, at);
  return sql`select r.referrer_ref as customer_ref, count(*) as referrals,
      ${countIf(sql`b.completed_at <= ${until}`)} as referrals_converted, max(r.booked_at) as last_referral_at
    from referrals r left join bookings b on b.id = r.booking_id
    where r.booked_at <= ${until} group by r.referrer_ref`;
}

/** Names of attributes, the most frequent first. */
export async function listAttributes(queries: Queries, most: number): Promise<string[]> {
  const each =
    engineOf(queries) === 'postgres'
      ? sql`jsonb_object_keys(attributes) as name from customers`
      : sql`entry.key as name from customers, json_each(customers.attributes) as entry`;
  const { rows } = await sql<{ name: string }>`
    select name from (select ${each} where erased_at is null) as named
    group by name order by count(*) desc, ${engineOf(queries) === 'postgres' ? sql`name collate "C"` : sql`name`} limit ${most}`.execute(
    queries,
  );
  return rows.map(({ name }) => name);
}
