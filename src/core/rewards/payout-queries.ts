import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { integersIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { Instant } from '../time.ts';

const fullName = sql<
  string | null
>`coalesce(c.name, nullif(trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')), ''))`;

export async function countPayouts(queries: Queries): Promise<number> {
  const { count } = await queries
    .selectFrom('payouts')
    .select((expression) => expression.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export async function insertPayout(
  queries: Queries,
  row: {
    readonly payout: string;
    readonly operator: string;
    readonly run_id: number | null;
    readonly created_at: Instant;
  },
): Promise<number> {
  const { id } = await queries.insertInto('payouts').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export interface PayoutRow {
  readonly id: number;
  readonly payout: string;
  readonly created_at: Instant;
}

export async function findPayout(queries: Queries, payout: string): Promise<PayoutRow | undefined> {
  return queries
    .selectFrom('payouts')
    .select(['id', 'payout', 'created_at'])
    .where('payout', '=', payout)
    .executeTakeFirst();
}

/** The payout that was made last. */
export async function findLastPayout(queries: Queries): Promise<string | undefined> {
  const row = await queries.selectFrom('payouts').select('payout').orderBy('id', 'desc').executeTakeFirst();
  return row?.payout;
}

/** What is known about how to pay these customers. */
export async function listPayees(
  queries: Queries,
  customerRefs: readonly number[],
): Promise<readonly { readonly id: number; readonly name: string | null; readonly attributes: string }[]> {
  return queries
    .selectFrom('customers as c')
    .select(['c.id', 'c.attributes', fullName.as('name')])
    .where('c.id', 'in', integersIn(queries, customerRefs))
    .execute();
}

/** What one customer would get in one currency. */
export interface DueRow {
  readonly customer_ref: number;
  readonly customer_id: string;
  readonly currency: string;
  /** Rewards to be settled, and what they come to; none when only paid ones grew. */
  readonly rewards: number;
  readonly due_minor: number;
  /** What the account `paid` holds, and what was handed out so far: the difference is owed by the customer. */
  readonly paid_account: number;
  readonly paid_out: number;
}

/** What is due to every customer with rewards to be paid, or with paid ones that grew since, of one contest or of all. */
export async function listDue(queries: Queries, contestId: number | undefined): Promise<readonly DueRow[]> {
  const only = contestId === undefined ? sql`` : sql`and w.contest_id = ${contestId}`;
  const { rows } = await sql<DueRow>`
    select q.customer_ref, q.customer_id, q.currency, q.rewards, q.due_minor, q.paid_account, q.paid_out from (
    select c.customer_id, d.customer_ref, d.currency, d.rewards, d.due_minor,
      coalesce((select sum(case when e.to_account = 'paid' then e.amount_minor when e.from_account = 'paid' then -e.amount_minor
        else 0 end) from ledger_entries e where e.customer_ref = d.customer_ref and e.currency = d.currency), 0) as paid_account,
      coalesce((select sum(i.amount_minor) from payout_items i where i.customer_ref = d.customer_ref
        and i.currency = d.currency), 0) as paid_out
    from (select w.customer_ref, w.currency, sum(case when w.status = 'paid' then 0 else 1 end) as rewards,
        sum(case when w.status = 'paid' then 0 else w.amount_minor end) as due_minor from rewards w
      where w.status in ('available', 'claimed', 'paid') and w.amount_minor is not null ${only}
      group by w.customer_ref, w.currency) d
    join customers c on c.id = d.customer_ref) q
    where q.rewards > 0 or q.paid_account > q.paid_out
    order by q.customer_id, q.currency`.execute(queries);
  return rows;
}

export interface PayoutItem {
  readonly customer_ref: number;
  readonly currency: string;
  readonly amount_minor: number;
  readonly rewards: number;
}

export async function insertPayoutItems(
  queries: Queries,
  payoutId: number,
  items: readonly PayoutItem[],
): Promise<void> {
  if (items.length === 0) return;
  const json = rowsOfJson(
    queries,
    'x',
    { customer_ref: 'integer', currency: 'text', amount_minor: 'integer', rewards: 'integer' },
    items.map((item) => ({ ...item })),
  );
  await sql`insert into payout_items (payout_id, customer_ref, currency, amount_minor, rewards)
    select cast(${payoutId} as bigint), x.customer_ref, x.currency, x.amount_minor, x.rewards from ${json} where true`.execute(
    queries,
  );
}

/** A line of a payout file. */
export interface PayoutLine {
  readonly payout: string;
  readonly customer_ref: number;
  readonly customer_id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  readonly rewards: number;
}

/** The lines of a payout, by customer_id and currency. */
export async function listPayoutLines(queries: Queries, payoutId: number): Promise<readonly PayoutLine[]> {
  return queries
    .selectFrom('payout_items as i')
    .innerJoin('payouts as p', 'p.id', 'i.payout_id')
    .innerJoin('customers as c', 'c.id', 'i.customer_ref')
    .select([
      'p.payout',
      'i.customer_ref',
      'c.customer_id',
      'c.email',
      'i.amount_minor',
      'i.currency',
      'i.rewards',
    ])
    .select(fullName.as('name'))
    .where('i.payout_id', '=', payoutId)
    .orderBy('c.customer_id')
    .orderBy('i.currency')
    .execute();
}

/** Customers to whom payouts hand out more than the ledger has ever moved to `paid` for them; `payout` is the latest. */
export async function listOverpaidItems(queries: Queries) {
  const { rows } = await sql<{
    payout: string;
    customer_id: string;
    currency: string;
    amount_minor: number;
    moved_minor: number;
  }>`
    select i.payout, c.customer_id, i.currency, i.amount_minor, coalesce(m.moved_minor, 0) as moved_minor
    from (select max(p.payout) as payout, o.customer_ref, o.currency, sum(o.amount_minor) as amount_minor
      from payout_items o join payouts p on p.id = o.payout_id group by o.customer_ref, o.currency) i
    join customers c on c.id = i.customer_ref
    left join (select customer_ref, currency, sum(amount_minor) as moved_minor from ledger_entries
      where to_account = 'paid' group by customer_ref, currency) m
      on m.customer_ref = i.customer_ref and m.currency = i.currency
    where coalesce(m.moved_minor, 0) < i.amount_minor
    order by i.payout, c.customer_id`.execute(queries);
  return rows;
}

/** What payouts come to by their items, and how many rewards the ledger says were paid with them, by payout and currency. */
export async function listPayoutSums(queries: Queries) {
  const { rows } = await sql<{
    payout: string;
    currency: string | null;
    customers: number;
    amount_minor: number;
    rewards: number;
  }>`
    select p.payout, i.currency, count(i.customer_ref) as customers, coalesce(sum(i.amount_minor), 0) as amount_minor,
      (select count(*) from ledger_entries e where e.payout_id = p.id and e.kind = 'pay') as rewards
    from payouts p left join payout_items i on i.payout_id = p.id
    group by p.id, p.payout, i.currency order by p.id, i.currency`.execute(queries);
  return rows;
}
