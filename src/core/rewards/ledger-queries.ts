import { type Expression, type SqlBool, sql } from 'kysely';
import { COPY_FROM, copyRows } from '../database/copy-rows.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { integersIn, textsIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import { ENTRY_COLUMNS, type EntryRow } from './entry-row.ts';
import type { EntryContent } from './ledger.ts';

const ENTRY_NAMES = Object.keys(ENTRY_COLUMNS) as (keyof EntryRow)[];

/**
 * Appends entries to the ledger; how many are new. An entry whose key is there already is left alone, or fails the transaction where
 * there are so many that PostgreSQL takes them by COPY.
 */
export async function insertEntries(queries: Queries, rows: readonly EntryRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  if (engineOf(queries) === 'postgres' && rows.length >= COPY_FROM) {
    await copyRows(
      queries,
      'ledger_entries',
      ENTRY_NAMES,
      rows.values().map((row) => ENTRY_NAMES.map((name) => row[name])),
    );
    return rows.length;
  }
  const names = sql.join(ENTRY_NAMES.map((column) => sql.ref(column)));
  const json = rowsOfJson(queries, 'x', ENTRY_COLUMNS, rows);
  const result = await sql`insert into ledger_entries (${names}) select ${names} from ${json} where true
    on conflict (idempotency_key) do nothing`.execute(queries);
  return Number(result.numAffectedRows ?? 0n);
}

export interface EntryContentRow {
  readonly idempotency_key: string;
  readonly kind: string;
  readonly from_account: string;
  readonly to_account: string;
  readonly amount_minor: number;
  readonly currency: string;
}

/** The entries with these keys, to compare their content. */
export async function listEntriesByKey(
  queries: Queries,
  keys: readonly string[],
): Promise<readonly EntryContentRow[]> {
  if (keys.length === 0) return [];
  return queries
    .selectFrom('ledger_entries')
    .select(['idempotency_key', 'kind', 'from_account', 'to_account', 'amount_minor', 'currency'])
    .where('idempotency_key', 'in', textsIn(queries, keys))
    .execute();
}

/** How many entries each of these rewards has. */
export async function countEntries(
  queries: Queries,
  rewardIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (rewardIds.length === 0) return new Map();
  const rows = await queries
    .selectFrom('ledger_entries')
    .select((expression) => ['reward_id', expression.fn.countAll<number>().as('count')])
    .where('reward_id', 'in', integersIn(queries, rewardIds))
    .groupBy('reward_id')
    .execute();
  return new Map(rows.map((row) => [row.reward_id, row.count]));
}

export interface BalanceRow {
  readonly customer_id: string;
  readonly currency: string;
  readonly held: number;
  readonly available: number;
  readonly claimed: number;
  /** The account `paid`: rewards that were paid and still stand. */
  readonly paid_account: number;
  /** What was handed out. */
  readonly paid_out: number;
}

/** A condition on customers (`c`), narrowed to these when there are any. */
export function amongCustomers(
  condition: Expression<SqlBool>,
  customerIds: readonly string[],
): Expression<SqlBool> {
  if (customerIds.length === 0) return condition;
  return sql<SqlBool>`(${condition} and c.customer_id in (${sql.join(customerIds)}))`;
}

/** What the customers (`c`) of a condition have in every currency, by customer_id and currency; from the ledger alone. */
export async function listBalances(
  queries: Queries,
  condition: Expression<SqlBool>,
  { limit, offset }: { readonly limit: number | undefined; readonly offset: number },
): Promise<readonly BalanceRow[]> {
  const inAccount = (
    account: string,
  ) => sql`sum(case when e.to_account = ${sql.lit(account)} then e.amount_minor
    when e.from_account = ${sql.lit(account)} then -e.amount_minor else 0 end)`;
  const { rows } = await sql<BalanceRow>`
    select c.customer_id, b.currency, b.held, b.available, b.claimed, b.paid_account,
      coalesce((select sum(i.amount_minor) from payout_items i
        where i.customer_ref = b.customer_ref and i.currency = b.currency), 0) as paid_out
    from (select e.customer_ref, e.currency, ${inAccount('held')} as held, ${inAccount('available')} as available,
        ${inAccount('claimed')} as claimed, ${inAccount('paid')} as paid_account
      from ledger_entries e where e.currency = upper(e.currency)
      group by e.customer_ref, e.currency) b
    join customers c on c.id = b.customer_ref where ${condition}
    order by c.customer_id, b.currency
    limit ${limit ?? 9_007_199_254_740_991} offset ${offset}`.execute(queries);
  return rows;
}

/** An entry with what its content is looked up by. */
export interface AuditedEntry extends EntryContent {
  readonly id: number;
  readonly content_sha256: string;
  readonly contest_id: number;
  readonly reward_id: number;
}

/** The entries of these rewards, reward by reward in the order in which they were written. */
export async function listEntriesOfRewards(
  queries: Queries,
  rewardIds: readonly number[],
): Promise<readonly AuditedEntry[]> {
  if (rewardIds.length === 0) return [];
  return queries
    .selectFrom('ledger_entries as e')
    .leftJoin('rewards as r', 'r.id', 'e.reward_id')
    .leftJoin('contests as c', 'c.id', 'e.contest_id')
    .leftJoin('payouts as p', 'p.id', 'e.payout_id')
    .select([
      'e.id',
      'e.idempotency_key',
      'e.content_sha256',
      'e.contest_id',
      'e.customer_ref',
      'e.reward_id',
    ])
    .select([
      'e.kind',
      'e.from_account',
      'e.to_account',
      'e.amount_minor',
      'e.currency',
      'e.reason',
      'e.recorded_at',
      'e.run_id',
    ])
    .select((expression) => [
      expression.fn.coalesce('c.slug', sql<string>`''`).as('contest'),
      expression.fn.coalesce('r.idempotency_key', sql<string>`''`).as('reward'),
      'p.payout',
    ])
    .where('e.reward_id', 'in', integersIn(queries, rewardIds))
    .orderBy('e.reward_id')
    .orderBy('e.id')
    .execute();
}

/** What lies in each account, over all customers, per currency: the program pays for all of it. */
export async function listAccountTotals(
  queries: Queries,
): Promise<
  readonly { readonly account: string; readonly currency: string; readonly amount_minor: number }[]
> {
  const { rows } = await sql<{ account: string; currency: string; amount_minor: number }>`
    select account, currency, sum(amount_minor) as amount_minor from (
      select to_account as account, currency, amount_minor from ledger_entries
      union all select from_account as account, currency, -amount_minor as amount_minor from ledger_entries) moves
    group by account, currency order by currency, account`.execute(queries);
  return rows;
}

/** Entries whose reward is gone. */
export async function listOrphanEntries(queries: Queries): Promise<readonly number[]> {
  const rows = await queries
    .selectFrom('ledger_entries as e')
    .leftJoin('rewards as r', 'r.id', 'e.reward_id')
    .select('e.id')
    .where('r.id', 'is', null)
    .orderBy('e.id')
    .execute();
  return rows.map((row) => row.id);
}
