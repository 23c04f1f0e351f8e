import { type Expression, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { KeySlice } from '../database/key-slices.ts';
import type { CodeStatus } from '../database/tables.ts';
import type { WhereFields } from '../selection/where-field.ts';
import type { Instant } from '../time.ts';

/** Whose codes: the participants of a contest, or, with null, all customers outside of any contest. */
export type CodeScope = number | null;

/** A condition over the row `customers` of an owner. */
export type OwnerCondition = Expression<SqlBool>;

export interface NewCode {
  readonly code: string;
  readonly customerRef: number;
}

/** Marks the codes whose time is over, everywhere or in one scope; how many there were. */
export async function expireOverdueCodes(
  queries: Queries,
  now: Instant,
  scope?: CodeScope,
  slice?: KeySlice,
): Promise<number> {
  let update = queries
    .updateTable('codes')
    .set({ status: 'expired' })
    .where('status', '=', 'active')
    .where('expires_at', '<=', now);
  if (scope !== undefined) update = update.where('contest_id', scope === null ? 'is' : '=', scope);
  if (slice !== undefined) update = update.where('id', '>', slice.after).where('id', '<=', slice.until);
  const { numUpdatedRows } = await update.executeTakeFirst();
  return Number(numUpdatedRows);
}

export interface OwnerPage {
  /** How many owners the page has. */
  readonly owners: number;
  /** Those of the page who have no active code. */
  readonly withoutCode: readonly number[];
  /** The key to go on after; undefined when there is nobody left. */
  readonly last: number | undefined;
}

/**
 * The next `limit` owners above `after`, in the order of their keys. The page is cut before codes are looked up, each by
 * its index: PostgreSQL would otherwise look at everybody who is left, once per page.
 */
export async function listOwnerPage(
  queries: Queries,
  scope: CodeScope,
  condition: OwnerCondition | undefined,
  after: number,
  limit: number,
): Promise<OwnerPage> {
  const { rows } = await sql<{ customer_ref: number; has_code: number | null }>`
    select owners.customer_ref, (
      select 1 from codes
      where codes.customer_ref = owners.customer_ref and coalesce(codes.contest_id, 0) = ${scope ?? 0}
        and codes.status = 'active' limit 1) as has_code
    from (
      ${selectOwners(scope, condition)} and ${ownerKey(scope)} > ${after} order by ${ownerKey(scope)} limit ${limit}
    ) as owners
    order by owners.customer_ref`.execute(queries);
  const withoutCode = rows.filter((row) => row.has_code === null).map((row) => row.customer_ref);
  return { owners: rows.length, withoutCode, last: rows.at(-1)?.customer_ref };
}

/** Inserts codes, leaving out those that exist already or whose owner got one meanwhile; how many went in. */
export async function insertCodes(
  queries: Queries,
  scope: CodeScope,
  codes: readonly NewCode[],
  createdAt: Instant,
  expiresAt: Instant,
): Promise<number> {
  const columns = sql`insert into codes (code, contest_id, customer_ref, status, created_at, expires_at)`;
  const owners = codes.map((code) => code.customerRef);
  const texts = codes.map((code) => code.code);
  const statement =
    engineOf(queries) === 'postgres'
      ? sql`${columns}
          select code, ${scope}::bigint, owner, 'active', ${createdAt}::timestamptz, ${expiresAt}::timestamptz
          from unnest(${texts}::text[], ${owners}::bigint[]) as new (code, owner)
          on conflict do nothing`
      : sql`${columns}
          select new.value ->> 1, ${scope}, new.value ->> 0, 'active', ${createdAt}, ${expiresAt}
          from json_each(${JSON.stringify(codes.map((code) => [code.customerRef, code.code]))}) as new where true
          on conflict do nothing`;
  const { numAffectedRows } = await statement.execute(queries);
  return Number(numAffectedRows ?? 0n);
}

export interface CodeCounts {
  readonly active: number;
  readonly expired: number;
}

/** How many codes, everywhere or in one scope, are good, and how many are past their time. */
export async function countCodes(queries: Queries, scope?: CodeScope): Promise<CodeCounts> {
  let query = queries
    .selectFrom('codes')
    .select(['status', (eb) => eb.fn.countAll<number>().as('count')])
    .groupBy('status');
  if (scope !== undefined) query = query.where('contest_id', scope === null ? 'is' : '=', scope);
  const rows = await query.execute();
  const of = (status: CodeStatus): number => rows.find((row) => row.status === status)?.count ?? 0;
  return { active: of('active'), expired: of('expired') };
}

/** How many owners of a scope fulfil the condition. */
export async function countOwners(
  queries: Queries,
  scope: CodeScope,
  condition: OwnerCondition | undefined,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (${selectOwners(scope, condition)}) as owners`.execute(queries);
  return rows[0]?.count ?? 0;
}

function ownerKey(scope: CodeScope) {
  return scope === null ? sql.ref('customers.id') : sql.ref('participants.customer_ref');
}

// Participants need no look at `customers` unless a condition asks for it.
function selectOwners(scope: CodeScope, condition: OwnerCondition | undefined) {
  const and = condition === undefined ? sql`` : sql`and (${condition})`;
  if (scope === null) {
    return sql`select customers.id as customer_ref from customers where customers.erased_at is null ${and}`;
  }
  const join =
    condition === undefined ? sql`` : sql`join customers on customers.id = participants.customer_ref`;
  return sql`select participants.customer_ref as customer_ref from participants ${join}
    where participants.contest_id = ${scope} ${and}`;
}

export interface CodeRow {
  readonly code: string;
  readonly customer_id: string;
  readonly contest: string | null;
  readonly status: CodeStatus;
  readonly created_at: Instant;
  readonly expires_at: Instant;
}

/** A code with the status that holds now: past its time it counts as expired, whether or not anybody has marked it yet. */
function selectCodes(queries: Queries, now: Instant) {
  return queries
    .selectFrom('codes')
    .innerJoin('customers', 'customers.id', 'codes.customer_ref')
    .leftJoin('contests', 'contests.id', 'codes.contest_id')
    .select(['codes.id', 'codes.code', 'customers.customer_id', 'contests.slug as contest'])
    .select(['codes.created_at', 'codes.expires_at', 'codes.customer_ref', 'codes.contest_id'])
    .select(['customers.tier', 'customers.country', 'customers.consent', 'customers.attributes'])
    .select(
      sql<CodeStatus>`case when codes.status = 'active' and codes.expires_at <= ${now} then 'expired' else codes.status end`.as(
        'status',
      ),
    );
}

/** What `--where` can say about a code and about who shares it. */
export const codeFields: WhereFields = {
  noun: 'codes',
  fields: {
    code: { type: 'text', column: 'listed.code' },
    customer_id: { type: 'text', column: 'listed.customer_id' },
    contest: { type: 'text', column: 'listed.contest' },
    status: { type: 'choice', column: 'listed.status', choices: ['active', 'revoked', 'expired'] },
    created_at: { type: 'time', column: 'listed.created_at' },
    expires_at: { type: 'time', column: 'listed.expires_at' },
    tier: { type: 'text', column: 'listed.tier' },
    country: { type: 'text', column: 'listed.country' },
    consent: { type: 'choice', column: 'listed.consent', choices: ['granted', 'withdrawn', 'unknown'] },
    segment: { type: 'segment', customer: 'listed.customer_ref' },
  },
  attributes: 'listed.attributes',
};

// SQLite takes an offset only after a limit.
const NO_LIMIT = 9_007_199_254_740_991;

/** Codes as rows of a list, by customer, then contest, then age. */
export function streamCodes(
  queries: Queries,
  now: Instant,
  condition: OwnerCondition,
  contestId: number | undefined,
  limit: number | undefined,
  offset: number,
): AsyncIterable<CodeRow> {
  let query = queries
    .selectFrom(selectCodes(queries, now).as('listed'))
    .select(['code', 'customer_id', 'contest', 'status', 'created_at', 'expires_at'])
    .where(condition);
  if (contestId !== undefined) query = query.where('listed.contest_id', '=', contestId);
  return query
    .orderBy('customer_id')
    .orderBy(sql`coalesce(listed.contest, '')`)
    .orderBy('listed.created_at')
    .orderBy('code')
    .limit(limit ?? NO_LIMIT)
    .offset(offset)
    .stream(1_000);
}

/** Those of these codes that exist. */
export async function findCodes(
  queries: Queries,
  now: Instant,
  codes: readonly string[],
): Promise<(CodeRow & { readonly id: number })[]> {
  const found: (CodeRow & { readonly id: number })[] = [];
  for (let start = 0; start < codes.length; start += 5_000) {
    const rows = await queries
      .selectFrom(selectCodes(queries, now).as('listed'))
      .select(['id', 'code', 'customer_id', 'contest', 'status', 'created_at', 'expires_at'])
      .where('listed.code', 'in', codes.slice(start, start + 5_000))
      .orderBy('code')
      .execute();
    found.push(...rows);
  }
  return found;
}

/** Takes a code out of use. */
export async function markRevoked(queries: Queries, id: number, now: Instant): Promise<void> {
  await queries
    .updateTable('codes')
    .set({ status: 'revoked', revoked_at: now })
    .where('id', '=', id)
    .execute();
}

/** Ends the time of a code now. */
export async function markExpired(queries: Queries, id: number, now: Instant): Promise<void> {
  await queries
    .updateTable('codes')
    .set({ status: 'expired', expires_at: now })
    .where('id', '=', id)
    .execute();
}

export async function findLastCodeKey(queries: Queries): Promise<number> {
  const { last } = await queries
    .selectFrom('codes')
    .select((of) => of.fn.max('id').as('last'))
    .executeTakeFirstOrThrow();
  return last ?? 0;
}
