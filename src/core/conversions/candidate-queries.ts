import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import { readBinaryRows } from '../database/binary-rows.ts';
import { readCopyOut } from '../database/copy-out.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { readAhead } from '../database/read-ahead.ts';
import type { BookingStatus, ReferralStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { GroupMember } from './find-group-fraud.ts';

/** A booking that may be a referral of a contest, with its code, its people, and the referral that it is already. */
export interface CandidateRow {
  /** Its place in the order of booking time, reference and source, from 1. */
  readonly place: number;
  readonly booking_id: number;
  readonly friend_ref: number;
  readonly amount_minor: number;
  readonly refunded_minor: number;
  readonly currency: string;
  readonly status: BookingStatus;
  readonly booked_at: Instant;
  readonly completed_at: Instant | null;
  readonly cancelled_at: Instant | null;
  readonly updated_at: Instant | null;
  readonly booked_before_contest: number;
  readonly booked_before: number;
  readonly code_id: number | null;
  readonly by_sign_up: number;
  readonly referrer_ref: number | null;
  readonly code_expires_at: Instant | null;
  readonly code_revoked_at: Instant | null;
  readonly friend_email: string | null;
  readonly friend_address_key: string | null;
  readonly friend_first_name: string | null;
  readonly friend_last_name: string | null;
  readonly friend_name: string | null;
  readonly friend_phone: string | null;
  readonly friend_postal: string | null;
  readonly friend_place: string | null;
  readonly referrer_email: string | null;
  readonly referrer_address_key: string | null;
  readonly referrer_first_name: string | null;
  readonly referrer_last_name: string | null;
  readonly referrer_name: string | null;
  readonly referrer_phone: string | null;
  readonly referrer_postal: string | null;
  readonly referral_id: number | null;
  readonly referral_status: ReferralStatus | null;
  readonly referral_reason: string | null;
  readonly referral_evidence: string | null;
  readonly referral_code_id: number | null;
  readonly referral_referrer_ref: number | null;
  readonly referral_friend_ref: number | null;
  readonly referral_amount_minor: number | null;
  readonly referral_gross_minor: number | null;
  readonly referral_currency: string | null;
  readonly referral_booked_at: Instant | null;
  readonly referral_hold_until: Instant | null;
  readonly referral_decided_at: Instant | null;
  readonly decision: 'approve' | 'reject' | 'reverse' | null;
  readonly decision_operator: string | null;
  readonly decision_at: Instant | null;
}

export interface CandidateScope {
  readonly contest: { readonly id: number; readonly starts_at: Instant; readonly ends_at: Instant };
  readonly byCode: boolean;
  /** Days that a sign-up counts, 0 for ever; undefined where sign-ups don't. */
  readonly signUpDays: number | undefined;
  readonly newFriend: 'any' | 'no_booking_before_contest' | 'never_booked';
  /** What to look up about people; undefined where no rule compares them. */
  readonly people: { readonly address: readonly string[]; readonly place: string | undefined } | undefined;
  /** Has the contest any referral yet? */
  readonly hasReferrals: boolean;
}

/** Rows that are looked at together. */
const AT_ONCE = 100;
/** Rows that a server sends at once. */
const SERVER_PAGE = 4_000;
/** How many of these wait, so that the server is never idle while one is decided. */
const PAGES_AHEAD = 2;
const POSTGRES_TYPES = { integer: 'bigint', text: 'text', time: 'timestamptz(3)' } as const;

type Column = Exclude<keyof CandidateRow, 'place'>;
type Values = readonly [Column, RawBuilder<unknown>][];

const TIMES: ReadonlySet<string> = new Set([
  ...['booked_at', 'completed_at', 'cancelled_at', 'updated_at', 'code_expires_at', 'code_revoked_at'],
  ...['referral_booked_at', 'referral_hold_until', 'referral_decided_at', 'decision_at'],
]);
const TEXTS: ReadonlySet<string> = new Set([
  ...['currency', 'status', 'referral_status', 'referral_reason', 'referral_evidence', 'referral_currency'],
  ...['decision', 'decision_operator'],
]);

/** The candidates of a contest, which wait in a temporary table. */
export interface Candidates {
  readonly count: number;
  /** What is known of each, in the order of the table. */
  readonly columns: readonly (keyof CandidateRow)[];
}

/**
 * Puts the candidates of a contest into a temporary table, in booking order and with everything that a decision looks at. The tables are
 * read once each, in the order in which they lie; looked up page by page they would be read in random order.
 */
export async function createCandidates(queries: Queries, scope: CandidateScope): Promise<Candidates> {
  const values = listValues(queries, scope);
  await dropCandidates(queries);
  const fill = engineOf(queries) === 'postgres' ? fillOnPostgres : fillOnSqlite;
  const count = await fill(queries, values, sources(queries, scope));
  return { count, columns: ['place', ...values.map(([column]) => column)] };
}

const IN_ORDER = sql`order by b.booked_at, b.booking_reference, b.source`;

async function fillOnSqlite(queries: Queries, values: Values, from: RawBuilder<unknown>): Promise<number> {
  const columns = sql.join(values.map(([column]) => sql.ref(column)));
  await sql`create temp table candidates (place integer primary key, ${columns})`.execute(queries);
  const result = await sql`insert into ${CANDIDATES} (${columns})
    select ${sql.join(values.map(([, value]) => value))} ${from} ${IN_ORDER}`.execute(queries);
  return Number(result.numAffectedRows ?? 0);
}

// Only a table that is made of a query is filled by more than one process of the server.
async function fillOnPostgres(queries: Queries, values: Values, from: RawBuilder<unknown>): Promise<number> {
  const selected = values.map(
    ([column, value]) =>
      sql`cast(${value} as ${sql.raw(POSTGRES_TYPES[kindOf(column)])}) as ${sql.ref(column)}`,
  );
  await sql`create temp table candidates on commit drop as
    select row_number() over (${IN_ORDER}) as place, ${sql.join(selected)} ${from}`.execute(queries);
  await sql`create unique index on ${CANDIDATES} (place)`.execute(queries);
  const { rows } = await sql<{ last: number | null }>`select max(place) as last from ${CANDIDATES}`.execute(
    queries,
  );
  return rows[0]?.last ?? 0;
}

/** SQLite and PostgreSQL call their schema of temporary tables otherwise, so it is found by its bare name. */
const CANDIDATES = sql.raw('candidates');

export async function dropCandidates(queries: Queries): Promise<void> {
  await sql`drop table if exists ${CANDIDATES}`.execute(queries);
}

/** All candidates in order, some at a time: few enough to be gone before V8 looks at what is young, and copies what is still there. */
export async function* streamCandidates(
  queries: Queries,
  candidates: Candidates,
): AsyncGenerator<readonly Partial<CandidateRow>[]> {
  if (engineOf(queries) === 'postgres') yield* streamFromServer(queries, candidates);
  else {
    for (let after = 0; after < candidates.count; after += AT_ONCE) {
      const { rows } = await sql<Partial<CandidateRow>>`select * from ${CANDIDATES}
        where place > ${after} and place <= ${after + AT_ONCE} order by place`.execute(queries);
      yield rows;
    }
  }
}

// The server makes the next page while this one is decided; what waits for its answer has its turn after every few rows.
async function* streamFromServer(
  queries: Queries,
  { count, columns }: Candidates,
): AsyncGenerator<readonly Partial<CandidateRow>[]> {
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const kinds = Object.fromEntries(columns.map((column) => [column, kindOf(column)]));
  const readPage = async (after: number): Promise<{ after: number; bytes: Buffer }> => {
    const select = sql`select ${names} from ${CANDIDATES}
      where place > ${sql.lit(after)} and place <= ${sql.lit(after + SERVER_PAGE)} order by place`;
    return { after, bytes: await readCopyOut(queries, select.compile(queries).sql) };
  };
  const pages = readAhead<Awaited<ReturnType<typeof readPage>>>(async (last) => {
    const after = last === undefined ? 0 : last.after + SERVER_PAGE;
    return after < count ? readPage(after) : undefined;
  }, PAGES_AHEAD);
  for await (const { bytes } of pages) {
    for (const rows of readBinaryRows<Partial<CandidateRow>>(bytes, kinds, AT_ONCE)) {
      yield rows;
      await setImmediate();
    }
  }
}

function kindOf(column: keyof CandidateRow): keyof typeof POSTGRES_TYPES {
  if (TIMES.has(column)) return 'time';
  if (TEXTS.has(column)) return 'text';
  return /^(friend|referrer)_(?!ref$)/.test(column) ? 'text' : 'integer';
}

function listValues(
  queries: Queries,
  { newFriend, people, hasReferrals, signUpDays }: CandidateScope,
): Values {
  const values: [Column, RawBuilder<unknown>][] = [
    ['booking_id', sql`b.id`],
    ['friend_ref', sql`b.customer_ref`],
    ...(['amount_minor', 'refunded_minor', 'currency', 'status'] as const).map(fromBooking),
    ...(['booked_at', 'completed_at', 'cancelled_at', 'updated_at'] as const).map(fromBooking),
    ['code_id', sql`a.id`],
    ['referrer_ref', sql`a.customer_ref`],
    ['code_expires_at', sql`a.expires_at`],
    ['code_revoked_at', sql`a.revoked_at`],
  ];
  if (signUpDays !== undefined) values.push(['by_sign_up', flag(sql`c.id is null`)]);
  if (newFriend === 'no_booking_before_contest') {
    values.push(['booked_before_contest', flag(sql`h.customer_ref is not null`)]);
  }
  if (newFriend === 'never_booked') {
    const isBefore = sql`(h.booked_at, h.booking_reference, h.source) < (b.booked_at, b.booking_reference, b.source)`;
    values.push(['booked_before', flag(sql`h.customer_ref is not null and ${isBefore}`)]);
  }
  if (people !== undefined) {
    for (const name of ['email', 'address_key', 'first_name', 'last_name', 'name', 'phone'] as const) {
      values.push([`friend_${name}`, sql.ref(`f.${name}`)], [`referrer_${name}`, sql.ref(`o.${name}`)]);
    }
    if (people.address.length > 0) {
      values.push(['friend_postal', joinAttributes(queries, 'f', people.address)]);
      values.push(['referrer_postal', joinAttributes(queries, 'o', people.address)]);
    }
    if (people.place !== undefined) values.push(['friend_place', placeOf(queries, people.place)]);
  }
  if (hasReferrals) values.push(...REFERRAL_VALUES);
  return values;
}

function fromBooking(column: Column): [Column, RawBuilder<unknown>] {
  return [column, sql.ref(`b.${column}`)];
}

function flag(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`case when ${condition} then 1 else 0 end`;
}

const REFERRAL_VALUES: Values = [
  ['referral_id', sql`r.id`],
  ['referral_status', sql`r.status`],
  ['referral_reason', sql`r.reason`],
  ['referral_evidence', sql`cast(r.evidence as text)`],
  ['referral_code_id', sql`r.code_id`],
  ['referral_referrer_ref', sql`r.referrer_ref`],
  ['referral_friend_ref', sql`r.friend_ref`],
  ['referral_amount_minor', sql`r.amount_minor`],
  ['referral_gross_minor', sql`r.gross_minor`],
  ['referral_currency', sql`r.currency`],
  ['referral_booked_at', sql`r.booked_at`],
  ['referral_hold_until', sql`r.hold_until`],
  ['referral_decided_at', sql`r.decided_at`],
  ['decision', sql`d.decision`],
  ['decision_operator', sql`d.operator`],
  ['decision_at', sql`d.decided_at`],
];

// An attribute that is missing or empty makes the whole address unknown.
function joinAttributes(queries: Queries, person: string, names: readonly string[]): RawBuilder<unknown> {
  return sql.join(
    names.map((name) => sql`nullif(trim(${attribute(queries, person, name)}), '')`),
    sql.raw(` || '\u001f' || `),
  );
}

/** Where the friend is: an attribute of the booking, else of the friend. */
function placeOf(queries: Queries, name: string): RawBuilder<unknown> {
  return sql`coalesce(nullif(trim(${attribute(queries, 'b', name)}), ''), ${attribute(queries, 'f', name)})`;
}

function attribute(queries: Queries, table: string, name: string): RawBuilder<unknown> {
  const column = sql.ref(`${table}.attributes`);
  return engineOf(queries) === 'sqlite'
    ? sql`json_extract(${column}, ${`$."${name}"`})`
    : sql`(${column} ->> ${name}::text)`;
}

function sources(queries: Queries, scope: CandidateScope): RawBuilder<unknown> {
  const { contest, byCode, signUpDays, newFriend, people, hasReferrals } = scope;
  const ofBooking = (name: 'a' | 'c'): RawBuilder<unknown> => {
    const of = sql.ref(`${name}.contest_id`);
    const isOfContest = sql`(${of} = ${contest.id}
      or (${of} is null and b.booked_at >= ${contest.starts_at} and b.booked_at < ${contest.ends_at}))`;
    const condition = sql`${sql.ref(`${name}.code`)} = b.code and ${isOfContest}`;
    return sql`left join codes ${sql.ref(name)} on ${byCode ? condition : sql`false`}`;
  };
  // The code that counts: that of the booking, else that of a sign-up.
  const codes =
    signUpDays === undefined
      ? ofBooking('a')
      : sql`${ofBooking('c')} left join codes a on a.id = coalesce(c.id, ${firstSignUp(queries, contest.id, signUpDays)})`;
  const history = historyOf(newFriend, contest.starts_at);
  const persons = sql`left join customers f on f.id = b.customer_ref left join customers o on o.id = a.customer_ref`;
  const referrals = sql`left join referrals r on r.contest_id = ${contest.id} and r.booking_id = b.id
    left join referral_decisions d on d.id = (select max(l.id) from referral_decisions l where l.referral_id = r.id)`;
  // In the order of the rows: an index would have to look up each of them.
  return sql`from bookings b ${sql.raw(engineOf(queries) === 'sqlite' ? 'not indexed' : '')}
    ${codes} ${history}
    ${people === undefined ? sql`` : persons} ${hasReferrals ? referrals : sql``}
    where b.customer_ref is not null and (a.id is not null${hasReferrals ? sql` or r.id is not null` : sql``})`;
}

// The first sign-up that is still within the window when the friend books; of two at once the one with the lesser code.
function firstSignUp(queries: Queries, contestId: number, days: number): RawBuilder<unknown> {
  const since =
    engineOf(queries) === 'sqlite'
      ? sql`strftime('%Y-%m-%dT%H:%M:%fZ', b.booked_at, ${`-${days} days`})`
      : sql`b.booked_at - cast(${days} as integer) * interval '24 hours'`;
  return sql`(select s.code_id from sign_ups s join codes k on k.id = s.code_id
    where s.contest_id = ${contestId} and s.customer_ref = b.customer_ref and s.signed_up_at <= b.booked_at
      ${days === 0 ? sql`` : sql`and s.signed_up_at >= ${since}`}
    order by s.signed_up_at, k.code limit 1)`;
}

/** What a friend booked before, cancelled bookings aside; found once for all of them. */
function historyOf(newFriend: CandidateScope['newFriend'], startsAt: Instant): RawBuilder<unknown> {
  if (newFriend === 'any') return sql``;
  if (newFriend === 'no_booking_before_contest') {
    return sql`left join (select distinct customer_ref from bookings where booked_at < ${startsAt}
      and status <> 'cancelled' and customer_ref is not null) h on h.customer_ref = b.customer_ref`;
  }
  return sql`left join (select customer_ref, booked_at, booking_reference, source from (
      select customer_ref, booked_at, booking_reference, source,
        row_number() over (partition by customer_ref order by booked_at, booking_reference, source) as nth
      from bookings where status <> 'cancelled' and customer_ref is not null) as numbered where nth = 1) h
    on h.customer_ref = b.customer_ref`;
}

/** Who referred whom inside the contest, as far as it can close a ring: bookings that stand, of friends who refer others so too. */
export async function* streamEdges(
  queries: Queries,
  contest: CandidateScope['contest'],
): AsyncGenerator<{ readonly referrer_ref: number; readonly friend_ref: number }> {
  // The rows of candidates are long: they are read once.
  const statement = sql<{ referrer_ref: number; friend_ref: number }>`
    with standing as materialized (select k.referrer_ref, k.friend_ref from ${CANDIDATES} k
      where k.referrer_ref <> k.friend_ref and ${isInside(contest)} and not ${isOver})
    select distinct referrer_ref, friend_ref from standing where friend_ref in (select referrer_ref from standing)`;
  yield* streamRows(queries, statement);
}

const isOver = sql`(k.status in ('cancelled', 'no_show')
  or ((k.status = 'refunded' or k.refunded_minor > 0) and k.refunded_minor >= k.amount_minor))`;

function isInside({ starts_at, ends_at }: CandidateScope['contest']): RawBuilder<unknown> {
  return sql`k.booked_at >= ${starts_at} and k.booked_at < ${ends_at}`;
}

/** The candidates inside the contest, by participant, each in booking order. */
export async function* streamMembers(queries: Queries, scope: CandidateScope): AsyncGenerator<GroupMember> {
  const { people, contest } = scope;
  const column = (name: string, isThere: boolean): RawBuilder<unknown> =>
    isThere ? sql.ref(`k.${name}`) : sql`null as ${sql.ref(name)}`;
  const statement = sql<GroupMember>`select k.place, k.referrer_ref, k.code_id, k.friend_ref, k.booked_at, ${flag(isOver)} as is_over,
      ${column('friend_email', people !== undefined)}, ${column('friend_phone', people !== undefined)},
      ${column('friend_postal', (people?.address.length ?? 0) > 0)}, ${column('friend_place', people?.place !== undefined)}
    from ${CANDIDATES} k where k.referrer_ref <> k.friend_ref and ${isInside(contest)}
    order by k.referrer_ref, k.place`;
  yield* streamRows(queries, statement);
}

async function* streamRows<Row>(queries: Queries, statement: RawBuilder<Row>): AsyncGenerator<Row> {
  const compiled = statement.compile(queries);
  for await (const { rows } of queries.getExecutor().stream<Row>(compiled, 5_000)) yield* rows;
}

/** Has anybody signed up with a code of this contest? */
export async function hasSignUps(queries: Queries, contestId: number): Promise<boolean> {
  const row = await queries
    .selectFrom('sign_ups')
    .select('id')
    .where('contest_id', '=', contestId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Has a contest any referral yet? */
export async function hasReferrals(queries: Queries, contestId: number): Promise<boolean> {
  const row = await queries
    .selectFrom('referrals')
    .select('id')
    .where('contest_id', '=', contestId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
