import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { integersIn } from '../database/list-parameter.ts';
import type { Instant } from '../time.ts';

/** Clicks in one hour of UTC, `2026-07-01T10`, of people with the same time zone, tier and country. */
export interface GroupClicks {
  readonly timezone: string | null;
  readonly tier: string | null;
  readonly country: string | null;
  readonly hour: string;
  readonly clicks: number;
}

const clicksOf = (queries: Queries, since: Instant): RawBuilder<unknown> => {
  const at = engineOf(queries) === 'postgres' ? sql`${since}::timestamptz` : sql`${since}`;
  return sql`from events as e join deliveries as d on d.id = e.delivery_id
    where e.type = 'clicked' and e.occurred_at >= ${at}`;
};

const hourOf = (queries: Queries): RawBuilder<string> =>
  engineOf(queries) === 'postgres'
    ? sql`to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24')`
    : sql`substr(e.occurred_at, 1, 13)`;

/** All clicks since then, by group and hour. */
export async function listGroupClicks(queries: Queries, since: Instant): Promise<readonly GroupClicks[]> {
  const { rows } =
    await sql<GroupClicks>`select c.timezone, c.tier, c.country, k.hour, sum(k.clicks) as clicks
    from (select d.customer_ref, ${hourOf(queries)} as hour, count(*) as clicks ${clicksOf(queries, since)}
      group by d.customer_ref, ${hourOf(queries)}) as k
    join customers as c on c.id = k.customer_ref
    group by c.timezone, c.tier, c.country, k.hour`.execute(queries);
  return rows.map((row) => ({ ...row, clicks: Number(row.clicks) }));
}

/** How alike two clicks of one person are, over everyone with two or more. */
export interface Agreement {
  readonly people: number;
  /** The mean chance that two of them fall into the same part; 0 where there is nobody. */
  readonly agreement: number;
}

/** By the hour of the day, or the day of the week, of UTC: a person's zone moves both clicks alike. */
export async function measureAgreement(
  queries: Queries,
  since: Instant,
  part: 'hour' | 'weekday',
): Promise<Agreement> {
  const { rows } = await sql<{ people: number; agreement: number | null }>`
    select count(*) as people, avg(1.0 * same / (total * (total - 1))) as agreement
    from (select customer_ref, sum(clicks) as total, sum(clicks * (clicks - 1)) as same
      from (select d.customer_ref, ${partOf(queries, part)} as part, count(*) as clicks ${clicksOf(queries, since)}
        group by d.customer_ref, ${partOf(queries, part)}) as parts
      group by customer_ref) as customers
    where total > 1`.execute(queries);
  const row = rows[0];
  // To six digits, so that the order in which an engine adds up does not matter.
  return {
    people: Number(row?.people ?? 0),
    agreement: Math.round(Number(row?.agreement ?? 0) * 1e6) / 1e6,
  };
}

function partOf(queries: Queries, part: 'hour' | 'weekday'): RawBuilder<string> {
  if (engineOf(queries) === 'postgres') {
    return part === 'hour'
      ? sql`to_char(e.occurred_at at time zone 'UTC', 'HH24')`
      : sql`to_char(e.occurred_at at time zone 'UTC', 'D')`;
  }
  return part === 'hour' ? sql`substr(e.occurred_at, 12, 2)` : sql`strftime('%w', e.occurred_at)`;
}

/** Somebody and one hour in which they clicked; without an hour for who has not. */
export interface PersonClicks {
  readonly customer_ref: number;
  readonly timezone: string | null;
  readonly tier: string | null;
  readonly country: string | null;
  readonly hour: string | null;
  readonly clicks: number;
}

/** The clicks of these customers since then. */
export async function listPersonClicks(
  queries: Queries,
  customerRefs: readonly number[],
  since: Instant,
): Promise<readonly PersonClicks[]> {
  const people = integersIn(queries, customerRefs);
  const { rows } = await sql<PersonClicks>`select c.id as customer_ref, c.timezone, c.tier, c.country, k.hour,
      coalesce(k.clicks, 0) as clicks
    from customers as c left join (
      select d.customer_ref, ${hourOf(queries)} as hour, count(*) as clicks ${clicksOf(queries, since)}
      and d.customer_ref in ${people} group by d.customer_ref, ${hourOf(queries)}) as k on k.customer_ref = c.id
    where c.id in ${people} order by c.id`.execute(queries);
  return rows.map((row) => ({ ...row, clicks: Number(row.clicks) }));
}
