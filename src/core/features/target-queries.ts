import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { instantParameter } from '../database/instant-parameter.ts';
import { addMilliseconds, type Instant } from '../time.ts';

const DAY_MS = 86_400_000;
/** How long a mail is given to be clicked. */
const CLICK_DAYS = 7;
const BOOK_DAYS = 90;
const MOST = 6;

/** A time to look from, and who became what after it. */
export interface Cutoff {
  readonly at: Instant;
  /** `customer_ref, outcome`. */
  readonly rows: RawBuilder<unknown>;
}

/** The last campaigns that began long enough ago: who got their mail, and whether they clicked in it within a week. */
export async function listMailCutoffs(queries: Queries, now: Instant): Promise<Cutoff[]> {
  const campaigns = await queries
    .selectFrom('campaigns')
    .select(['id', 'started_at'])
    .where('started_at', '<=', addMilliseconds(now, -CLICK_DAYS * DAY_MS))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute();
  return campaigns.toReversed().flatMap(({ id, started_at }) => {
    if (started_at === null) return [];
    // Features end just before the first mail.
    const at = addMilliseconds(started_at, -1);
    const within =
      engineOf(queries) === 'postgres'
        ? sql`date_trunc('second', e.occurred_at) <= date_trunc('second', d.sent_at) + interval '168 hours'`
        : sql`unixepoch(e.occurred_at) <= unixepoch(d.sent_at) + 604800`;
    const rows = sql`(select d.customer_ref, max(case when exists (select 1 from events e
        where e.delivery_id = d.id and e.type = 'clicked' and ${within}) then 1 else 0 end) as outcome
      from deliveries d where d.campaign_id = ${id} and d.status = 'accepted' and d.sent_at <= ${instantParameter(queries, addMilliseconds(now, -CLICK_DAYS * DAY_MS))}
      group by d.customer_ref)`;
    return [{ at, rows }];
  });
}

/** The last contests that are over: who took part, and whether they referred anybody. */
export async function listContestCutoffs(queries: Queries, now: Instant): Promise<Cutoff[]> {
  const contests = await queries
    .selectFrom('contests')
    .select(['id', 'starts_at'])
    .where('ends_at', '<=', now)
    .where('launched_at', 'is not', null)
    .orderBy('starts_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute();
  return contests.toReversed().map(({ id, starts_at }) => ({
    at: addMilliseconds(starts_at, -1),
    rows: sql`(select p.customer_ref, case when exists (select 1 from referrals r
        where r.contest_id = p.contest_id and r.referrer_ref = p.customer_ref) then 1 else 0 end as outcome
      from participants p where p.contest_id = ${id})`,
  }));
}

/** Three quarters of a year back in steps of 90 days: who had booked, and whether they booked again within 90 days. */
export function listBookingCutoffs(queries: Queries, now: Instant): Cutoff[] {
  return [3, 2, 1].map((quarter) => {
    const at = addMilliseconds(now, -quarter * BOOK_DAYS * DAY_MS);
    const until = addMilliseconds(at, BOOK_DAYS * DAY_MS);
    return {
      at,
      rows: sql`(select customer_ref, max(case when booked_at > ${instantParameter(queries, at)} then 1 else 0 end) as outcome
        from bookings where customer_ref is not null and booked_at <= ${instantParameter(queries, until)}
        group by customer_ref having min(booked_at) <= ${instantParameter(queries, at)})`,
    };
  });
}

/** How many rows the cut-offs have together. */
export async function countCutoffs(queries: Queries, cutoffs: readonly Cutoff[]): Promise<number> {
  let total = 0;
  for (const { rows } of cutoffs) {
    const found = await sql<{ n: number }>`select count(*) as n from ${rows} as counted`.execute(queries);
    total += Number(found.rows[0]?.n ?? 0);
  }
  return total;
}

/** Of the rows of a cut-off every so-manyth, by a mix of their keys that no import order knows. */
export function thinned(rows: RawBuilder<unknown>, every: number): RawBuilder<unknown> {
  if (every <= 1) return rows;
  return sql`(select * from ${rows} as whole where (customer_ref * 48271) % 2147483647 % ${sql.lit(every)} = 0)`;
}
