import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { BookingStatus, ReferralStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** A booking that may be a referral of a contest, with its code, its people, and the referral that it is already. */
export interface CandidateRow {
  readonly booking_id: number;
  readonly source: string;
  readonly booking_reference: string;
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
  readonly referrer_ref: number | null;
  readonly code_expires_at: Instant | null;
  readonly code_revoked_at: Instant | null;
  readonly referral_id: number | null;
  readonly referral_status: ReferralStatus | null;
  readonly referral_reason: string | null;
  readonly referral_evidence: string | null;
  readonly referral_code_id: number | null;
  readonly referral_referrer_ref: number | null;
  readonly referral_friend_ref: number | null;
  readonly referral_amount_minor: number | null;
  readonly referral_currency: string | null;
  readonly referral_booked_at: Instant | null;
  readonly referral_hold_until: Instant | null;
  readonly referral_decided_at: Instant | null;
  readonly decision: 'approve' | 'reject' | 'reverse' | null;
  readonly decision_operator: string | null;
  readonly decision_at: Instant | null;
}

/** Where a page of candidates begins: after this booking. */
export type PageStart = Pick<CandidateRow, 'booked_at' | 'booking_reference' | 'source'>;

export const FIRST_PAGE: PageStart = {
  booked_at: '0001-01-01T00:00:00.000Z',
  booking_reference: '',
  source: '',
};

export interface CandidateScope {
  readonly contest: { readonly id: number; readonly starts_at: Instant; readonly ends_at: Instant };
  readonly byCode: boolean;
  readonly bySignUp: boolean;
  /** Only friends who own a code themselves: the only ones that can close a ring. */
  readonly onlyCodeOwners?: boolean;
}

/** One page of candidates in the order of booking time, reference and source. */
export async function listCandidates(
  queries: Queries,
  { contest, byCode, bySignUp, onlyCodeOwners = false }: CandidateScope,
  after: PageStart,
  limit: number,
): Promise<readonly CandidateRow[]> {
  const { rows } = await sql<CandidateRow>`
    select b.id as booking_id, b.source, b.booking_reference, b.customer_ref as friend_ref, b.amount_minor, b.refunded_minor,
      b.currency, b.status, b.booked_at, b.completed_at, b.cancelled_at, b.updated_at,
      exists (select 1 from bookings e where e.customer_ref = b.customer_ref and e.booked_at < ${contest.starts_at}
        and e.status <> 'cancelled') as booked_before_contest,
      exists (select 1 from bookings e where e.customer_ref = b.customer_ref and e.booked_at <= b.booked_at
        and (e.booked_at, e.booking_reference, e.source) < (b.booked_at, b.booking_reference, b.source)
        and e.status <> 'cancelled') as booked_before,
      c.id as code_id, c.customer_ref as referrer_ref, c.expires_at as code_expires_at, c.revoked_at as code_revoked_at,
      r.id as referral_id, r.status as referral_status, r.reason as referral_reason, r.evidence as referral_evidence,
      r.code_id as referral_code_id, r.referrer_ref as referral_referrer_ref, r.friend_ref as referral_friend_ref,
      r.amount_minor as referral_amount_minor, r.currency as referral_currency, r.booked_at as referral_booked_at,
      r.hold_until as referral_hold_until, r.decided_at as referral_decided_at,
      d.decision, d.operator as decision_operator, d.decided_at as decision_at
    from bookings b
    left join codes c on c.code = b.code and ${byCode ? sql`true` : sql`false`}
      and (c.contest_id = ${contest.id}
        or (c.contest_id is null and b.booked_at >= ${contest.starts_at} and b.booked_at < ${contest.ends_at}))
    left join referrals r on r.contest_id = ${contest.id} and r.booking_id = b.id
    left join referral_decisions d on d.id = (select max(l.id) from referral_decisions l where l.referral_id = r.id)
    where (b.booked_at, b.booking_reference, b.source) > (${after.booked_at}, ${after.booking_reference}, ${after.source})
      and b.customer_ref is not null
      and (c.id is not null or r.id is not null${bySignUp ? hasSignUp(contest.id) : sql``})
      ${onlyCodeOwners ? sql`and exists (select 1 from codes o where o.customer_ref = b.customer_ref)` : sql``}
    order by b.booked_at, b.booking_reference, b.source
    limit ${limit}`.execute(queries);
  return rows;
}

function hasSignUp(contestId: number): RawBuilder<unknown> {
  return sql` or exists (select 1 from sign_ups s where s.contest_id = ${contestId}
    and s.customer_ref = b.customer_ref and s.signed_up_at <= b.booked_at)`;
}

export interface SignUpRow {
  readonly friend_ref: number;
  readonly signed_up_at: Instant;
  readonly code_id: number;
  readonly referrer_ref: number;
  readonly code_expires_at: Instant;
  readonly code_revoked_at: Instant | null;
}

/** The sign-ups of these friends, the first ones first. */
export async function listSignUps(
  queries: Queries,
  contestId: number,
  friendRefs: readonly number[],
): Promise<readonly SignUpRow[]> {
  if (friendRefs.length === 0) return [];
  return queries
    .selectFrom('sign_ups')
    .innerJoin('codes', 'codes.id', 'sign_ups.code_id')
    .select(['sign_ups.customer_ref as friend_ref', 'sign_ups.signed_up_at', 'sign_ups.code_id'])
    .select(['codes.customer_ref as referrer_ref', 'codes.expires_at as code_expires_at'])
    .select('codes.revoked_at as code_revoked_at')
    .where('sign_ups.contest_id', '=', contestId)
    .where('sign_ups.customer_ref', 'in', friendRefs)
    .orderBy('sign_ups.signed_up_at')
    .orderBy('codes.code')
    .execute();
}

export interface PersonRow {
  readonly id: number;
  readonly email: string | null;
  readonly address_key: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly name: string | null;
  readonly phone: string | null;
}

/** What the fraud rules compare about these customers. */
export async function listPeople(
  queries: Queries,
  customerRefs: readonly number[],
): Promise<readonly PersonRow[]> {
  if (customerRefs.length === 0) return [];
  return queries
    .selectFrom('customers')
    .select(['id', 'email', 'address_key', 'first_name', 'last_name', 'name', 'phone'])
    .where('id', 'in', customerRefs)
    .execute();
}

/** A referral as it shall be, found by its contest and booking. */
export interface ReferralRow {
  readonly contest_id: number;
  readonly booking_id: number;
  readonly code_id: number;
  readonly referrer_ref: number;
  readonly friend_ref: number;
  readonly status: ReferralStatus;
  readonly reason: string;
  readonly evidence: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly booked_at: Instant;
  readonly hold_until: Instant | null;
  readonly decided_at: Instant | null;
  readonly decided_by: string | null;
  readonly updated_at: Instant;
}

const REFERRAL_COLUMNS = {
  contest_id: 'integer',
  booking_id: 'integer',
  code_id: 'integer',
  referrer_ref: 'integer',
  friend_ref: 'integer',
  status: 'text',
  reason: 'text',
  evidence: 'json',
  amount_minor: 'integer',
  currency: 'text',
  booked_at: 'time',
  hold_until: 'time',
  decided_at: 'time',
  decided_by: 'text',
  updated_at: 'time',
} as const;

type JsonRow<Row> = { readonly [Key in keyof Row]: Row[Key] };

/** Inserts or replaces referrals. The caller has made sure that no friend gets two live ones. */
export async function upsertReferrals(queries: Queries, rows: readonly ReferralRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(REFERRAL_COLUMNS);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const updates = columns
    .filter((column) => column !== 'contest_id' && column !== 'booking_id')
    .map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`);
  const json = rowsOfJson(queries, 'x', REFERRAL_COLUMNS, rows as readonly JsonRow<ReferralRow>[]);
  await sql`insert into referrals (${names}, created_at) select ${names}, x.updated_at from ${json} where true
    on conflict (contest_id, booking_id) do update set ${sql.join(updates)}`.execute(queries);
}

/** Takes the place that a friend has in the contest from the friend's other bookings; their own turn comes later. */
export async function demoteOtherReferrals(
  queries: Queries,
  contestId: number,
  live: readonly Pick<ReferralRow, 'friend_ref' | 'booking_id'>[],
  now: Instant,
): Promise<void> {
  if (live.length === 0) return;
  const json = rowsOfJson(
    queries,
    'x',
    { friend_ref: 'integer', booking_id: 'integer' },
    live.map(({ friend_ref, booking_id }) => ({ friend_ref, booking_id })),
  );
  // The cross join makes SQLite look up the few friends instead of reading all referrals.
  await sql`update referrals set status = 'rejected', reason = 'friend_already_referred', updated_at = ${now}
    where id in (select r.id from ${json} cross join referrals r where r.contest_id = ${contestId}
      and r.friend_ref = x.friend_ref and r.booking_id <> x.booking_id
      and r.status in ('pending', 'held', 'approved'))`.execute(queries);
}

/** Approves what was only held until a time that has come; the number of those. */
export async function approveOverdue(queries: Queries, contestId: number, now: Instant): Promise<number> {
  const result = await queries
    .updateTable('referrals')
    .set((expression) => ({
      status: 'approved' as const,
      reason: 'approval.automatic',
      decided_at: expression.ref('hold_until'),
      decided_by: 'rules',
      updated_at: now,
    }))
    .where('contest_id', '=', contestId)
    .where('status', '=', 'held')
    .where('reason', '=', 'approval.hold_days')
    .where('hold_until', '<=', now)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** How many referrals of a contest stand in each status. */
export async function countReferrals(
  queries: Queries,
  contestId: number,
): Promise<readonly { readonly status: ReferralStatus; readonly count: number }[]> {
  return queries
    .selectFrom('referrals')
    .select((expression) => ['status', expression.fn.countAll<number>().as('count')])
    .where('contest_id', '=', contestId)
    .groupBy('status')
    .execute();
}
