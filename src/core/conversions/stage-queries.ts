import { type RawBuilder, sql } from 'kysely';
import { copyBinary } from '../database/copy-rows.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { STAGE_COLUMNS, type StageColumn, type StagedRow } from './staged-row.ts';

const POSTGRES_TYPES = {
  text: 'text collate "C"',
  integer: 'bigint',
  time: 'timestamptz(3)',
  json: 'jsonb',
} as const;
const NAMES = Object.keys(STAGE_COLUMNS) as readonly StageColumn[];

/** Makes an empty temporary table for the rows of one file, in the order of the file. */
export async function createStage(queries: Queries): Promise<void> {
  await dropStage(queries);
  const isSqlite = engineOf(queries) === 'sqlite';
  const columns = NAMES.map((name) =>
    isSqlite ? sql.ref(name) : sql`${sql.ref(name)} ${sql.raw(POSTGRES_TYPES[STAGE_COLUMNS[name]])}`,
  );
  const key = sql.raw(isSqlite ? 'integer primary key' : 'bigint generated always as identity primary key');
  const end = sql.raw(isSqlite ? '' : ' on commit drop');
  await sql`create temp table booking_rows (place ${key}, ${sql.join(columns)})${end}`.execute(queries);
  const whole = sql.raw(isSqlite ? 'integer' : 'bigint');
  await sql`create temp table booking_open (place ${whole} primary key)${end}`.execute(queries);
  await sql`create temp table booking_turns (turn ${key}, place ${whole} not null)${end}`.execute(queries);
}

export async function dropStage(queries: Queries): Promise<void> {
  await sql`drop table if exists booking_rows`.execute(queries);
  await sql`drop table if exists booking_open`.execute(queries);
  await sql`drop table if exists booking_turns`.execute(queries);
}

/** Adds rows that `createRowForm` spelt in the order of `STAGE_COLUMNS`. */
export async function fillStage(queries: Queries, payload: Uint8Array): Promise<void> {
  if (engineOf(queries) === 'postgres') return copyBinary(queries, 'booking_rows', NAMES, [payload]);
  const cells = NAMES.map((_, index) => sql`json_extract(entry.value, ${sql.lit(`$[${index}]`)})`);
  await sql`insert into booking_rows (${sql.join(NAMES.map((name) => sql.ref(name)))})
    select ${sql.join(cells)} from jsonb_each(${payload}) as entry`.execute(queries);
}

/** What waits in the table. */
export interface StageSurvey {
  readonly rows: number;
  /** Bookings that they speak of. */
  readonly bookings: number;
  /** Rows with a refund that only a known amount can be held against. */
  readonly refunds: number;
}

/** Readies the filled table for the questions that follow, and counts. PostgreSQL asks nothing that an index would answer sooner. */
export async function surveyStage(queries: Queries): Promise<StageSurvey> {
  const ready =
    engineOf(queries) === 'postgres'
      ? sql`analyze booking_rows (booking_reference, customer_id, address_key, code)`
      : sql`create index booking_rows_by_reference on booking_rows (booking_reference)`;
  await ready.execute(queries);
  const { rows } = await sql<StageSurvey>`select count(*) as rows,
    (select count(distinct booking_reference) from booking_rows) as bookings,
    coalesce(sum(case when refunded_minor > coalesce(amount_minor, 0) then 1 else 0 end), 0) as refunds from booking_rows`.execute(
    queries,
  );
  return rows[0] ?? { rows: 0, bookings: 0, refunds: 0 };
}

/** What a file says about who booked. */
export interface Naming {
  readonly ids: boolean;
  readonly addresses: boolean;
}

/** Notes the rows that have to be looked at one by one whatever is known: of references that come twice, and with a refund that only a known amount can be held against. */
export async function findRepeatedRows(queries: Queries, survey: StageSurvey): Promise<void> {
  if (survey.rows === survey.bookings && survey.refunds === 0) return;
  await sql`insert into booking_open (place)
    select s.place from booking_rows s join (select booking_reference from booking_rows group by booking_reference
      having count(*) > 1) twice on twice.booking_reference = s.booking_reference
    union select place from booking_rows where refunded_minor > coalesce(amount_minor, 0)`.execute(queries);
}

/** Notes the rows of bookings that are known and would change, which have to be looked at one by one as well. All that are left are new bookings, or change nothing. */
export async function findChangedRows(queries: Queries, source: string, naming: Naming): Promise<void> {
  if (!(await hasBookings(queries, source))) return;
  const isOlder = sql`(s.updated_at < b.updated_at)`;
  const { joins, booker } = bookersOf(queries, naming);
  const isSameBooker = sql`((s.customer_id is null and s.address_key is null) or b.customer_ref = ${booker})`;
  await sql`insert into booking_open (place)
    select s.place from booking_rows s cross join bookings b ${joins}
    where b.source = ${source} and b.booking_reference = s.booking_reference
      and not coalesce(${isOlder}, false)
      and not coalesce(${isUnchanged(queries)} and ${isSameBooker}, false)
      and not exists (select 1 from booking_open o where o.place = s.place)`.execute(queries);
}

// What `applyBookingRow` calls unchanged, as far as one statement can tell: every value is absent or the one that is known.
function isUnchanged(queries: Queries): RawBuilder<unknown> {
  const silentOrSame = (column: string): RawBuilder<unknown> =>
    sql`(${sql.ref(`s.${column}`)} is null or ${sql.ref(`s.${column}`)} = ${sql.ref(`b.${column}`)})`;
  const columns = ['code', 'amount_minor', 'status', 'booked_at', 'completed_at', 'updated_at'] as const;
  const attributes =
    engineOf(queries) === 'sqlite'
      ? sql`(s.attributes = b.attributes or s.attributes = '{}')`
      : sql`b.attributes @> s.attributes`;
  return sql`${sql.join(columns.map(silentOrSame), sql` and `)}
    and (s.amount_minor is null or s.currency = b.currency)
    and (s.refunded_minor = b.refunded_minor
      or (s.refunded_minor is null and (b.status <> 'refunded' or b.refunded_minor = b.amount_minor)))
    and (s.cancelled_at = b.cancelled_at or (s.cancelled_at is null and (b.status = 'cancelled' or b.cancelled_at is null)))
    and ${attributes}`;
}

async function hasBookings(queries: Queries, source: string): Promise<boolean> {
  const row = await queries
    .selectFrom('bookings')
    .select('id')
    .where('source', '=', source)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

const isOpen = sql`exists (select 1 from booking_open o where o.place = s.place)`;

/** Puts the rows that have to be looked at one by one in the order of their references, those of one booking together. */
export async function orderOpenRows(queries: Queries): Promise<void> {
  await sql`insert into booking_turns (place) select s.place from booking_open o join booking_rows s on s.place = o.place
    order by s.booking_reference, s.updated_at nulls first, s.place`.execute(queries);
}

/** A row and when its turn comes. */
export interface OpenRow extends StagedRow {
  readonly turn: number;
}

/** The rows whose turn comes next. */
export async function listOpenRows(
  queries: Queries,
  after: number,
  limit: number,
): Promise<readonly OpenRow[]> {
  const { rows } =
    await sql<OpenRow>`select s.*, t.turn from booking_turns t join booking_rows s on s.place = t.place
    where t.turn > ${after} and t.turn <= ${after + limit} order by t.turn`.execute(queries);
  return rows;
}

/** How many rows have to be looked at one by one. */
export async function countOpenRows(queries: Queries): Promise<number> {
  const { rows } = await sql<{ open: number }>`select count(*) as open from booking_open`.execute(queries);
  return rows[0]?.open ?? 0;
}

/** The keys of the bookings of a source that the file speaks of and that are there. */
export async function* streamKnownBookings(queries: Queries, source: string): AsyncGenerator<number> {
  if (!(await hasBookings(queries, source))) return;
  const compiled = sql<{ id: number }>`select b.id from booking_rows s cross join bookings b
    where b.source = ${source} and b.booking_reference = s.booking_reference`.compile(queries);
  for await (const { rows } of queries.getExecutor().stream<{ id: number }>(compiled, 5_000)) {
    for (const { id } of rows) yield id;
  }
}

export interface NewBookings {
  readonly source: string;
  readonly importId: number;
  readonly now: string;
  readonly naming: Naming;
  /** How many rows have to be looked at one by one. */
  readonly open: number;
  /** The highest key of the customers that were there before those of the file. */
  readonly lastCustomer: number;
}

/** New bookings of one status and currency. */
export interface AddedBookings {
  readonly status: string;
  readonly currency: string;
  readonly count: number;
  readonly amount_minor: number;
  readonly refunded_minor: number;
}

const STATUS = sql`coalesce(s.status, 'confirmed')`;
const AMOUNT = sql`coalesce(s.amount_minor, 0)`;
const REFUNDED = sql`coalesce(s.refunded_minor, case when s.status = 'refunded' then ${AMOUNT} else 0 end)`;

/** Adds the bookings of all rows that are new and need no closer look (see `mergeRow`), and counts them. */
export async function insertNewBookings(
  queries: Queries,
  { source, importId, now, naming, open, lastCustomer }: NewBookings,
): Promise<readonly AddedBookings[]> {
  const isKnown = sql`exists (select 1 from bookings b where b.source = ${source} and b.booking_reference = s.booking_reference)`;
  const exceptions = [
    ...(open > 0 ? [isOpen] : []),
    ...((await hasBookings(queries, source)) ? [isKnown] : []),
  ];
  const isNew = sql.join([sql`true`, ...exceptions.map((is) => sql`not ${is}`)], sql` and `);
  const { rows } = await sql<AddedBookings>`select ${STATUS} as status, s.currency, count(*) as count,
      sum(${AMOUNT}) as amount_minor, sum(${REFUNDED}) as refunded_minor
    from booking_rows s where ${isNew} group by ${STATUS}, s.currency`.execute(queries);
  if (rows.length === 0) return rows;
  const at = engineOf(queries) === 'postgres' ? sql`${now}::timestamptz` : sql`${now}`;
  const key = engineOf(queries) === 'postgres' ? sql`${importId}::bigint` : sql`${importId}`;
  const { joins, booker } = bookersOf(queries, naming, await chooseByAddress(queries, naming, lastCustomer));
  await sql`insert into bookings (source, booking_reference, customer_ref, code, amount_minor, refunded_minor, currency,
      status, booked_at, completed_at, cancelled_at, updated_at, attributes, first_import_id, last_import_id, created_at)
    select ${source}, s.booking_reference, ${booker}, s.code, ${AMOUNT}, ${REFUNDED}, s.currency,
      ${STATUS}, coalesce(s.booked_at, s.completed_at, s.updated_at, ${at}), s.completed_at, s.cancelled_at, s.updated_at,
      s.attributes, ${key}, ${key}, ${at}
    from booking_rows s ${joins} where ${isNew} order by s.booking_reference`.execute(queries);
  return rows;
}

// Of several customers with one address the one that came first.
const FIRST_OF_ADDRESS = sql`(select address_key, min(id) as id from customers where address_key is not null group by address_key)`;

// By `customer_id`, else by address, else the customer that this booking made. PostgreSQL joins them all at once, `withAddress` for their addresses, of which
// it has each once; SQLite looks up each.
function bookersOf(
  queries: Queries,
  { ids, addresses }: Naming,
  withAddress: RawBuilder<unknown> = FIRST_OF_ADDRESS,
): { readonly joins: RawBuilder<unknown>; readonly booker: RawBuilder<unknown> } {
  const own = sql`(select c.id from customers c where c.customer_id = 'b-' || s.booking_reference)`;
  if (engineOf(queries) === 'sqlite') {
    const byId = sql`(select c.id from customers c where c.customer_id = s.customer_id)`;
    const byAddress = sql`(select min(c.id) from customers c where c.address_key = s.address_key)`;
    const others = addresses ? sql`coalesce(${byAddress}, ${own})` : own;
    return {
      joins: sql``,
      booker: ids ? sql`case when s.customer_id is null then ${others} else ${byId} end` : others,
    };
  }
  const joins: RawBuilder<unknown>[] = [];
  const found: RawBuilder<unknown>[] = [];
  if (ids) {
    joins.push(sql`left join customers i on i.customer_id = s.customer_id`);
    found.push(sql`i.id`);
  }
  if (addresses) {
    joins.push(sql`left join ${withAddress} a on a.address_key = s.address_key and s.customer_id is null`);
    found.push(sql`a.id`);
  }
  // Of a file that names people only the few rows that don't are looked up.
  if (ids || addresses) found.push(sql`case when s.customer_id is null then ${own} end`);
  else {
    joins.push(sql`left join customers w on w.customer_id = 'b-' || s.booking_reference`);
    found.push(sql`w.id`);
  }
  return { joins: sql.join(joins, sql` `), booker: sql`coalesce(${sql.join(found)})` };
}

// Those after `last` were made of the addresses of a file, each of its own: where all others have their own too, there is no first to choose.
async function chooseByAddress(
  queries: Queries,
  { ids, addresses }: Naming,
  last: number,
): Promise<RawBuilder<unknown>> {
  if (ids || !addresses || engineOf(queries) === 'sqlite') return FIRST_OF_ADDRESS;
  const { rows } = await sql<{ isShared: number }>`
    select case when count(address_key) = count(distinct address_key) then 0 else 1 end as "isShared"
    from customers where id <= ${last}`.execute(queries);
  return rows[0]?.isShared === 0 ? sql`customers` : FIRST_OF_ADDRESS;
}

/** The highest key of a booking; 0 when there is none. */
export async function findLastBookingKey(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('bookings')
    .select((of) => of.fn.max('id').as('last'))
    .executeTakeFirst();
  return row?.last ?? 0;
}

/** The first rows, in the order of the file, whose code belongs to nobody. */
export async function listUnknownCodes(
  queries: Queries,
  limit: number,
): Promise<readonly { readonly line: number; readonly booking_reference: string; readonly code: string }[]> {
  const { rows } = await sql<{ line: number; booking_reference: string; code: string }>`
    select s.line, s.booking_reference, s.code from booking_rows s
    where s.code is not null and not exists (select 1 from codes c where c.code = s.code)
    order by s.place limit ${limit}`.execute(queries);
  return rows;
}
