import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { ExperimentDecisionsTable } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { ExperimentMetric } from './design.ts';

/** Which outcomes count: those in `[from, until)`. */
export interface OutcomeWindow {
  readonly campaignId: number;
  readonly contestId: number;
  readonly from: Instant;
  /** Null: until now. */
  readonly until: Instant | null;
  /** What every unsubscribe link begins with: a click on one is no success. */
  readonly unsubscribeBase: string;
}

export interface ArmRow {
  readonly variant: string;
  readonly customers: number;
  readonly succeeded: number;
  /** Sums over those that a bandit drew: of one over the propensity, and of that over successes. */
  readonly weight: number;
  readonly weighted: number;
}

/** Everyone who was assigned, by variant, and how many of them did it; `onlyMailed` leaves out who was not handed over. */
export async function countArms(
  queries: Queries,
  metric: ExperimentMetric,
  window: OutcomeWindow,
  { onlyMailed = false }: { readonly onlyMailed?: boolean } = {},
): Promise<readonly ArmRow[]> {
  const did = metric === 'clicks' ? hasClicked(queries, window) : hasConverted(queries, 'd', window);
  const mailed = onlyMailed ? sql`and d.status in ('sending', 'accepted', 'in_doubt')` : sql``;
  const { rows } = await sql<ArmRow>`select variant, count(*) as customers, sum(did) as succeeded,
      coalesce(sum(1.0 / propensity), 0) as weight, coalesce(sum(did / propensity), 0) as weighted
    from (select d.variant, d.propensity, case when ${did} then 1 else 0 end as did
      from deliveries as d where d.campaign_id = ${window.campaignId} and d.variant <> '' ${mailed}) as arms
    group by variant`.execute(queries);
  return rows.map(({ variant, ...figures }) => ({
    variant,
    customers: Number(figures.customers),
    succeeded: Number(figures.succeeded),
    weight: Number(figures.weight),
    weighted: Number(figures.weighted),
  }));
}

export interface GroupRow {
  readonly customers: number;
  readonly converted: number;
}

/** Who was mailed, or meant to be, and who was held out: how many of each converted. */
export async function countHoldout(
  queries: Queries,
  window: OutcomeWindow,
): Promise<{ readonly mailed: GroupRow; readonly heldOut: GroupRow }> {
  const [mailed, heldOut] = await Promise.all(
    (['deliveries', 'holdouts'] as const).map((table) => countConverted(queries, table, window)),
  );
  const none = { customers: 0, converted: 0 };
  return { mailed: mailed ?? none, heldOut: heldOut ?? none };
}

async function countConverted(
  queries: Queries,
  table: 'deliveries' | 'holdouts',
  window: OutcomeWindow,
): Promise<GroupRow> {
  const { rows } = await sql<GroupRow>`select count(*) as customers,
      coalesce(sum(case when ${hasConverted(queries, 'd', window)} then 1 else 0 end), 0) as converted
    from ${sql.table(table)} as d where d.campaign_id = ${window.campaignId}`.execute(queries);
  const row = rows[0];
  return { customers: Number(row?.customers ?? 0), converted: Number(row?.converted ?? 0) };
}

/** What friends of one group booked, per currency: sums of each customer's amount, and of its square. */
export interface RevenueRow {
  readonly currency: string;
  readonly minor: number;
  readonly squared: number;
}

/** The bookings that count for the members of a group. */
export async function sumRevenue(
  queries: Queries,
  table: 'deliveries' | 'holdouts',
  window: OutcomeWindow,
): Promise<readonly RevenueRow[]> {
  const { rows } =
    await sql<RevenueRow>`select currency, sum(minor) as minor, sum(1.0 * minor * minor) as squared
    from (select d.customer_ref, r.currency, sum(r.amount_minor) as minor
      from ${sql.table(table)} as d join referrals as r on r.referrer_ref = d.customer_ref
      where d.campaign_id = ${window.campaignId} and ${isCounted(queries, window)}
      group by d.customer_ref, r.currency) as customers
    group by currency order by currency`.execute(queries);
  return rows.map(({ currency, minor, squared }) => ({
    currency,
    minor: Number(minor),
    squared: Number(squared),
  }));
}

function hasClicked(queries: Queries, { from, until, unsubscribeBase }: OutcomeWindow): RawBuilder<boolean> {
  return sql`exists (select 1 from events as e where e.delivery_id = d.id and e.type = 'clicked'
    and ${isWithin(queries, 'e.occurred_at', from, until)}
    and (e.url is null or substr(e.url, 1, ${sql.lit(unsubscribeBase.length)}) <> ${unsubscribeBase}))`;
}

/** A friend has booked with the customer's code, and the booking stands. */
function hasConverted(queries: Queries, table: string, window: OutcomeWindow): RawBuilder<boolean> {
  return sql`exists (select 1 from referrals as r where r.referrer_ref = ${sql.ref(`${table}.customer_ref`)}
    and ${isCounted(queries, window)})`;
}

function isCounted(queries: Queries, { contestId, from, until }: OutcomeWindow): RawBuilder<boolean> {
  return sql`r.contest_id = ${contestId} and r.status in ('pending', 'held', 'approved')
    and ${isWithin(queries, 'r.booked_at', from, until)}`;
}

function isWithin(
  queries: Queries,
  column: string,
  from: Instant,
  until: Instant | null,
): RawBuilder<boolean> {
  const at = (time: Instant) => (engineOf(queries) === 'postgres' ? sql`${time}::timestamptz` : sql`${time}`);
  const end = until === null ? sql`` : sql`and ${sql.ref(column)} < ${at(until)}`;
  return sql`${sql.ref(column)} >= ${at(from)} ${end}`;
}

export async function findDecision(queries: Queries, campaignId: number) {
  return queries
    .selectFrom('experiment_decisions')
    .selectAll()
    .where('campaign_id', '=', campaignId)
    .executeTakeFirst();
}

export async function insertDecision(queries: Queries, row: ExperimentDecisionsTable): Promise<void> {
  await queries.insertInto('experiment_decisions').values(row).execute();
}
