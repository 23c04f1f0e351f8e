import { type Selectable, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { insertRows } from '../database/insert-rows.ts';
import { integersIn, textsIn } from '../database/list-parameter.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { LedgerEntriesTable, PayoutsTable, RewardsTable, RunsTable } from '../database/tables.ts';
import { ENTRY_COLUMNS } from '../rewards/entry-row.ts';
import type { Instant } from '../time.ts';

export type MadePayout = Omit<Selectable<PayoutsTable>, 'run_id'>;
export interface MadePayment {
  readonly payout_id: number;
  readonly customer_id: string;
  readonly currency: string;
  readonly amount_minor: number;
  readonly rewards: number;
}
export type WrittenEntry = Selectable<LedgerEntriesTable>;
export type RecordedRun = Selectable<RunsTable>;
export type KnownReward = Pick<
  Selectable<RewardsTable>,
  'id' | 'idempotency_key' | 'contest_id' | 'customer_ref' | 'status' | 'claimed_at' | 'paid_at'
>;

const PAGE = 1_000;

/** Payouts made since a time, oldest first. */
export async function listPayoutsSince(queries: Queries, since: Instant): Promise<MadePayout[]> {
  return queries
    .selectFrom('payouts')
    .select(['id', 'payout', 'operator', 'created_at'])
    .where('created_at', '>=', since)
    .orderBy('id')
    .execute();
}

/** When the payouts of these names were made, those that are here. */
export async function findPayouts(
  queries: Queries,
  names: readonly string[],
): Promise<ReadonlyMap<string, MadePayout>> {
  const rows = await queries
    .selectFrom('payouts')
    .select(['id', 'payout', 'operator', 'created_at'])
    .where('payout', 'in', textsIn(queries, names))
    .execute();
  return new Map(rows.map((row) => [row.payout, row]));
}

/** Puts a payout here; its key. */
export async function addPayout(
  queries: Queries,
  { payout, operator, created_at }: MadePayout,
): Promise<number> {
  const { id } = await queries
    .insertInto('payouts')
    .values({ payout, operator, run_id: null, created_at })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** What one payout handed out to whom, in pages. */
export async function* listPaymentPages(queries: Queries, payoutId: number): AsyncGenerator<MadePayment[]> {
  for (let after = ''; ; ) {
    // All currencies of a person are in one page.
    const people = await queries
      .selectFrom('customers')
      .select('customer_id')
      .distinct()
      .innerJoin('payout_items', 'payout_items.customer_ref', 'customers.id')
      .where('payout_id', '=', payoutId)
      .where('customer_id', '>', after)
      .orderBy('customer_id')
      .limit(PAGE)
      .execute();
    const last = people.at(-1);
    if (last === undefined) return;
    yield await queries
      .selectFrom('payout_items')
      .innerJoin('customers', 'customers.id', 'payout_items.customer_ref')
      .select(['payout_id', 'customer_id', 'currency', 'amount_minor', 'rewards'])
      .where('payout_id', '=', payoutId)
      .where('customer_id', '>', after)
      .where('customer_id', '<=', last.customer_id)
      .execute();
    after = last.customer_id;
  }
}

/** Which of these people are here. */
export async function listKnown(
  queries: Queries,
  customerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await queries
    .selectFrom('customers')
    .select('customer_id')
    .where('customer_id', 'in', textsIn(queries, customerIds))
    .execute();
  return new Set(rows.map(({ customer_id }) => customer_id));
}

/** Puts payments of one payout here. */
export async function addPayments(
  queries: Queries,
  payoutId: number,
  payments: readonly MadePayment[],
): Promise<void> {
  const columns = {
    customer_id: 'text',
    currency: 'text',
    amount_minor: 'integer',
    rewards: 'integer',
  } as const;
  const rows = payments.map(({ payout_id: _, ...payment }) => payment);
  await sql`
    insert into payout_items (payout_id, customer_ref, currency, amount_minor, rewards)
    select cast(${payoutId} as bigint), customers.id, made.currency, made.amount_minor, made.rewards
    from ${rowsOfJson(queries, 'made', columns, rows)} join customers on customers.customer_id = made.customer_id
    where true`.execute(queries);
}

/** Rewards with entries recorded since a time, in pages. */
export async function* listMovedRewardPages(queries: Queries, since: Instant): AsyncGenerator<KnownReward[]> {
  for (let after = 0; ; ) {
    const moved = await queries
      .selectFrom('ledger_entries')
      .select('reward_id')
      .distinct()
      .where('recorded_at', '>=', since)
      .where('reward_id', '>', after)
      .orderBy('reward_id')
      .limit(PAGE)
      .execute();
    const last = moved.at(-1);
    if (last === undefined) return;
    yield await selectRewards(queries)
      .where(
        'id',
        'in',
        integersIn(
          queries,
          moved.map(({ reward_id }) => reward_id),
        ),
      )
      .orderBy('id')
      .execute();
    after = last.reward_id;
  }
}

/** The rewards of these idempotency keys, by key. */
export async function findRewards(
  queries: Queries,
  keys: readonly string[],
): Promise<ReadonlyMap<string, KnownReward>> {
  const rows = await selectRewards(queries).where('idempotency_key', 'in', textsIn(queries, keys)).execute();
  return new Map(rows.map((row) => [row.idempotency_key, row]));
}

function selectRewards(queries: Queries) {
  return queries
    .selectFrom('rewards')
    .select(['id', 'idempotency_key', 'contest_id', 'customer_ref', 'status', 'claimed_at', 'paid_at']);
}

/** All entries of these rewards, in the order in which they were written, by the key of the reward. */
export async function listEntriesOf(
  queries: Queries,
  rewardIds: readonly number[],
): Promise<ReadonlyMap<number, readonly WrittenEntry[]>> {
  const rows = await queries
    .selectFrom('ledger_entries')
    .select(['id', 'idempotency_key', 'content_sha256', 'contest_id', 'customer_ref', 'reward_id', 'kind'])
    .select([
      'from_account',
      'to_account',
      'amount_minor',
      'currency',
      'reason',
      'payout_id',
      'run_id',
      'recorded_at',
    ])
    .where('reward_id', 'in', integersIn(queries, rewardIds))
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, ({ reward_id }) => reward_id);
}

/** Appends entries that were written in another database, as they are. */
export async function addEntries(queries: Queries, entries: readonly WrittenEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const names = sql.join(Object.keys(ENTRY_COLUMNS).map((name) => sql.ref(name)));
  const rows = entries.map(({ id: _, ...row }) => row);
  await sql`insert into ledger_entries (${names}) select ${names}
    from ${rowsOfJson(queries, 'written', ENTRY_COLUMNS, rows)} where true`.execute(queries);
}

/** These runs, by their keys. */
export async function findRuns(
  queries: Queries,
  ids: readonly number[],
): Promise<ReadonlyMap<number, RecordedRun>> {
  const rows = await queries
    .selectFrom('runs')
    .selectAll()
    .where('id', 'in', integersIn(queries, ids))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Puts runs here with the keys that they had. */
export async function addRuns(queries: Queries, runs: readonly RecordedRun[]): Promise<void> {
  await insertRows(queries, 'runs', runs);
}

/** Makes rewards here what they became there by being claimed and paid. */
export async function settleRewards(
  queries: Queries,
  rewards: readonly KnownReward[],
  now: Instant,
): Promise<void> {
  if (rewards.length === 0) return;
  const columns = { id: 'integer', status: 'text', claimed_at: 'time', paid_at: 'time' } as const;
  const rows = rewards.map(({ id, status, claimed_at, paid_at }) => ({ id, status, claimed_at, paid_at }));
  await sql`update rewards set status = settled.status, claimed_at = settled.claimed_at, paid_at = settled.paid_at, updated_at = ${now}
    from ${rowsOfJson(queries, 'settled', columns, rows)} where rewards.id = settled.id`.execute(queries);
}
