import { sql } from 'kysely';
import { type BinaryRows, createBinaryRows } from '../database/binary-rows.ts';
import { copyBinary } from '../database/copy-rows.ts';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { ReferralStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

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
  /** What the booking cost before refunds, where it was converted to another currency; else the booking itself says it. */
  readonly gross_minor: number | null;
  readonly currency: string;
  readonly booked_at: Instant;
  readonly hold_until: Instant | null;
  readonly decided_at: Instant | null;
  readonly decided_by: string | null;
  readonly updated_at: Instant;
}

/** The columns of a referral that is written, in their order. */
export const REFERRAL_COLUMNS = {
  contest_id: 'integer',
  booking_id: 'integer',
  code_id: 'integer',
  referrer_ref: 'integer',
  friend_ref: 'integer',
  status: 'text',
  reason: 'text',
  evidence: 'json',
  amount_minor: 'integer',
  gross_minor: 'integer',
  currency: 'text',
  booked_at: 'time',
  hold_until: 'time',
  decided_at: 'time',
  decided_by: 'text',
  updated_at: 'time',
} as const;

type JsonRow<Row> = { readonly [Key in keyof Row]: Row[Key] };

const COLUMNS = Object.keys(REFERRAL_COLUMNS) as (keyof ReferralRow)[];

/** Adds referrals of bookings that have none in the contest yet. No friend may get two live ones. */
export async function insertReferrals(queries: Queries, rows: readonly ReferralRow[]): Promise<void> {
  if (rows.length === 0) return;
  if (engineOf(queries) === 'postgres') {
    const copied = createReferralRows(rows.length * 200);
    for (const row of rows) addReferral(copied, row);
    return copyReferrals(queries, copied.finish());
  }
  const names = sql.join(COLUMNS.map((column) => sql.ref(column)));
  const json = rowsOfJson(queries, 'x', REFERRAL_COLUMNS, rows as readonly JsonRow<ReferralRow>[]);
  await sql`insert into referrals (${names}, created_at) select ${names}, x.updated_at from ${json}`.execute(
    queries,
  );
}

/** PostgreSQL only: rows for `copyReferrals`, which `addReferral` adds. `size` is how many bytes they hold at first. */
export function createReferralRows(size: number): BinaryRows {
  return createBinaryRows([...Object.values(REFERRAL_COLUMNS), REFERRAL_COLUMNS.updated_at], size);
}

// Spelt out in the order of the columns: names that are looked up one by one for a million rows cost more than the bytes.
export function addReferral(rows: BinaryRows, row: ReferralRow): void {
  rows.add([
    ...[row.contest_id, row.booking_id, row.code_id, row.referrer_ref, row.friend_ref],
    ...[row.status, row.reason, row.evidence, row.amount_minor, row.gross_minor, row.currency],
    ...[row.booked_at, row.hold_until, row.decided_at, row.decided_by, row.updated_at, row.updated_at],
  ]);
}

/** PostgreSQL only: adds the referrals that are in these bytes. No friend may get two live ones. */
export function copyReferrals(queries: Queries, bytes: Buffer): Promise<void> {
  return copyBinary(queries, 'referrals', [...COLUMNS, 'created_at'], [bytes]);
}

/** Inserts or replaces referrals. The caller has made sure that no friend gets two live ones. */
export async function upsertReferrals(queries: Queries, rows: readonly ReferralRow[]): Promise<void> {
  if (rows.length === 0) return;
  const names = sql.join(COLUMNS.map((column) => sql.ref(column)));
  const updates = COLUMNS.filter((column) => column !== 'contest_id' && column !== 'booking_id').map(
    (column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`,
  );
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

/** Is there a pending referral whose time to become one that counts is over? */
export async function hasExpiring(queries: Queries, contestId: number, now: Instant): Promise<boolean> {
  const row = await queries
    .selectFrom('referrals')
    .select('id')
    .where('contest_id', '=', contestId)
    .where('status', '=', 'pending')
    .where('hold_until', '<=', now)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Is there any referral at all, of whatever contest? */
export async function hasAnyReferral(queries: Queries): Promise<boolean> {
  return (await queries.selectFrom('referrals').select('id').limit(1).execute()).length > 0;
}

/** What the approved referrals of a contest come to, in minor units by currency. */
export async function sumApproved(
  queries: Queries,
  contestId: number,
): Promise<readonly (readonly [currency: string, minor: number])[]> {
  // Plus keeps SQLite from looking up each row by an index: most of the table is wanted.
  const { rows } = await sql<{ currency: string; minor: number }>`select currency, sum(amount_minor) as minor
    from referrals where +contest_id = ${contestId} and status = 'approved'
    group by currency order by currency`.execute(queries);
  return rows.map(({ currency, minor }) => [currency, minor]);
}
