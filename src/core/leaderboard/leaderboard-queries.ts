import { type RawBuilder, sql } from 'kysely';
import type { Engine, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import type { BookingStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { Entry } from './rank-participants.ts';
import { NO_GROUP } from './score-participant.ts';

export interface ReferralSelection {
  readonly contestId: number;
  /** Booked at or after this, and before that. */
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** The board as it was then: booked at or before it, with later changes taken back. */
  readonly asOf?: Instant | undefined;
  /** Which booking statuses count. */
  readonly statuses: readonly BookingStatus[];
  readonly capAttribute: string | undefined;
  readonly groupAttribute: string | undefined;
}

export interface ReferralRow {
  readonly referrer_ref: number;
  readonly booked_at: Instant;
  readonly amount_minor: number;
  readonly currency: string;
  readonly cap_group: string;
  readonly group: string;
}

/** Columns of a customer that rules may name like an attribute. */
const CUSTOMER_COLUMNS = ['country', 'locale', 'tier', 'timezone'] as const;

/**
 * The approved referrals of a contest, by participant, earliest booked first, in an order that nothing but the data
 * decides. One statement.
 */
export async function* streamReferrals(
  queries: Queries,
  selection: ReferralSelection,
): AsyncIterable<ReferralRow> {
  const { contestId, from, until, asOf } = selection;
  const engine = engineOf(queries);
  const amount = asOf === undefined ? sql`r.amount_minor` : amountAsOf(asOf);
  const statement = sql<ReferralRow>`
    select r.referrer_ref, r.booked_at, ${amount} as amount_minor, r.currency,
      ${groupValue(engine, selection.capAttribute)} as cap_group, ${groupValue(engine, selection.groupAttribute)} as "group"
    from referrals r
    left join bookings b on b.id = r.booking_id
    join customers f on f.id = r.friend_ref
    where r.contest_id = ${contestId} and ${counts(selection)}
      ${from === undefined ? sql`` : sql`and r.booked_at >= ${from}`}
      ${until === undefined ? sql`` : sql`and r.booked_at < ${until}`}
    order by r.referrer_ref, r.booked_at, coalesce(b.booking_reference, ''), coalesce(b.source, ''), f.customer_id`;
  const compiled = statement.compile(queries);
  for await (const result of queries.getExecutor().stream<ReferralRow>(compiled, 5_000)) yield* result.rows;
}

/** The participants behind keys: their `customer_id` and tier. */
export async function listPeople(
  queries: Queries,
  contestId: number,
): Promise<ReadonlyMap<number, { readonly customer_id: string; readonly tier: string | null }>> {
  const rows = await queries
    .selectFrom('customers')
    .select(['id', 'customer_id', 'tier'])
    .where('id', 'in', (eb) =>
      eb.selectFrom('referrals').select('referrer_ref').where('contest_id', '=', contestId),
    )
    .execute();
  return new Map(rows.map(({ id, ...person }) => [id, person]));
}

/** The board that was frozen when the contest was finalized. */
export async function listFinalEntries(queries: Queries, contestId: number): Promise<Entry[]> {
  const rows = await queries
    .selectFrom('final_standings as s')
    .innerJoin('customers as c', 'c.id', 's.customer_ref')
    .select(['s.position', 's.customer_ref', 'c.customer_id', 's.points', 's.referrals', 's.counted'])
    .select(['s.distinct_groups as groups', 's.qualified', 's.reached_at'])
    .where('s.contest_id', '=', contestId)
    .orderBy('s.position')
    .execute();
  return rows.map((row) => ({ ...row, qualified: row.qualified === 1 }));
}

export interface NameAndCode {
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly code: string | null;
}

/** Names, and the code each shares in the contest: the active one, else the latest. */
export async function findNamesAndCodes(
  queries: Queries,
  contestId: number,
  customerRefs: readonly number[],
): Promise<ReadonlyMap<number, NameAndCode>> {
  const rows = await queries
    .selectFrom('customers')
    .select(['id', 'first_name', 'last_name'])
    .select((eb) =>
      eb
        .selectFrom('codes')
        .select('code')
        .whereRef('codes.customer_ref', '=', 'customers.id')
        .where('codes.contest_id', '=', contestId)
        .orderBy(sql`case status when 'active' then 0 else 1 end`)
        .orderBy('codes.id', 'desc')
        .limit(1)
        .as('code'),
    )
    .where('id', 'in', [...customerRefs])
    .execute();
  return new Map(rows.map(({ id, ...person }) => [id, person]));
}

// The value from the booking, else from the friend; blanks around it don't make another group.
function groupValue(engine: Engine, attribute: string | undefined) {
  if (attribute === undefined) return sql`${NO_GROUP}`;
  const column = CUSTOMER_COLUMNS.find((name) => name === attribute);
  const sources = [
    attributeText(engine, 'b.attributes', attribute),
    attributeText(engine, 'f.attributes', attribute),
  ];
  if (column !== undefined) sources.push(sql`${sql.ref(`f.${column}`)}`);
  return sql`coalesce(${sql.join(sources.map((source) => sql`nullif(trim(${source}), '')`))}, ${NO_GROUP})`;
}

function attributeText(engine: Engine, column: string, name: string): RawBuilder<unknown> {
  // SQLite's ->> takes a name that begins with $ or [ for a path; in a quoted path it means itself.
  if (engine === 'sqlite') return sql`json_extract(${sql.ref(column)}, ${`$."${name}"`})`;
  return sql`(${sql.ref(column)} ->> ${name}::text)`;
}

function counts({ asOf, statuses }: ReferralSelection) {
  if (asOf === undefined) return sql`r.status = 'approved'`;
  const whenConfirmed = statuses.includes('confirmed');
  // When the booking became what counts, as far as it says so itself.
  const counted = whenConfirmed
    ? sql`r.booked_at <= ${asOf}`
    : sql`coalesce(b.completed_at, b.updated_at, r.booked_at) <= ${asOf}`;
  // Reversed later than then, by a change that carries its time, and counted until it was.
  const countedBefore = whenConfirmed ? sql`r.booked_at <= ${asOf}` : sql`b.completed_at <= ${asOf}`;
  const ended = sql`case when b.status = 'cancelled' then coalesce(b.cancelled_at, b.updated_at) else b.updated_at end`;
  return sql`r.booked_at <= ${asOf} and (
    (r.status = 'approved' and ${counted})
    or (r.status = 'reversed' and r.reason <> 'decision' and ${countedBefore} and ${ended} > ${asOf}))`;
}

// A refund that the booking system reported later had not happened yet.
function amountAsOf(asOf: Instant) {
  return sql`case when b.updated_at > ${asOf} then b.amount_minor else r.amount_minor end`;
}
