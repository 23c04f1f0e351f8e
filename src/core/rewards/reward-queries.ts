import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { integersIn } from '../database/list-parameter.ts';
import { loadRows } from '../database/load-rows.ts';
import { type JsonColumnType, rowsOfJson } from '../database/rows-of-json.ts';
import type { ReferralStatus, RewardSide, RewardStatus, RewardType } from '../database/tables.ts';
import type { Instant } from '../time.ts';
import type { RewardColumns } from './reward.ts';

/** A reward to be inserted. */
export interface RewardRow extends RewardColumns {
  readonly id: number;
  readonly idempotency_key: string;
  readonly contest_id: number;
  readonly customer_ref: number;
  readonly side: RewardSide;
  readonly rule: string;
  readonly referral_id: number | null;
  readonly status: RewardStatus;
  readonly due_at: Instant | null;
  readonly expires_at: Instant | null;
  readonly created_at: Instant;
  readonly updated_at: Instant;
}

const REWARD_COLUMNS: Readonly<Record<keyof RewardRow, JsonColumnType>> = {
  id: 'integer',
  idempotency_key: 'text',
  contest_id: 'integer',
  customer_ref: 'integer',
  side: 'text',
  rule: 'text',
  type: 'text',
  referral_id: 'integer',
  amount_minor: 'integer',
  currency: 'text',
  days: 'integer',
  points: 'integer',
  badge: 'text',
  status: 'text',
  due_at: 'time',
  expires_at: 'time',
  created_at: 'time',
  updated_at: 'time',
};

/** Ids for so many new rewards, ascending; call it in the transaction that inserts them. */
export async function reserveRewardIds(queries: Queries, count: number): Promise<readonly number[]> {
  if (engineOf(queries) === 'postgres') {
    const { rows } = await sql<{ id: number }>`select nextval(pg_get_serial_sequence('rewards', 'id')) as id
      from generate_series(1, ${count}::integer)`.execute(queries);
    return rows.map(({ id }) => id);
  }
  const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = 'rewards'`.execute(
    queries,
  );
  const last = rows[0]?.seq ?? 0;
  return Array.from({ length: count }, (_, index) => last + index + 1);
}

/** Inserts rewards. A second one of the same key is refused by the database. */
export async function insertRewards(queries: Queries, rows: readonly RewardRow[]): Promise<void> {
  await loadRows(queries, 'rewards', REWARD_COLUMNS, rows);
}

/** Brings status, value and times of rewards up to date. */
export async function updateRewards(
  queries: Queries,
  rows: readonly (RewardColumns & Pick<RewardRow, 'id' | 'status'> & { readonly now: Instant })[],
): Promise<void> {
  if (rows.length === 0) return;
  const json = rowsOfJson(
    queries,
    'x',
    {
      ...{ id: 'integer', type: 'text', amount_minor: 'integer', currency: 'text', days: 'integer' },
      ...{ points: 'integer', badge: 'text', status: 'text', now: 'time' },
    },
    rows.map((row) => ({ ...row })),
  );
  await sql`update rewards set status = x.status, type = x.type, badge = x.badge, amount_minor = x.amount_minor, currency = x.currency,
      days = x.days, points = x.points, updated_at = x.now,
      claimed_at = case when x.status = 'claimed' then coalesce(rewards.claimed_at, x.now) else rewards.claimed_at end,
      paid_at = case when x.status = 'paid' then coalesce(rewards.paid_at, x.now) else rewards.paid_at end
    from ${json} where rewards.id = x.id`.execute(queries);
}

/** A reward that exists, as far as computing needs it. */
export interface StandingRow extends RewardColumns {
  readonly id: number;
  readonly idempotency_key: string;
  readonly contest_id: number;
  readonly customer_ref: number;
  readonly side: RewardSide;
  readonly rule: string;
  readonly referral_id: number | null;
  readonly status: RewardStatus;
  readonly due_at: Instant | null;
  readonly expires_at: Instant | null;
  readonly is_revoked: number;
}

function standing(queries: Queries) {
  return queries
    .selectFrom('rewards as w')
    .select([
      'w.id',
      'w.idempotency_key',
      'w.contest_id',
      'w.customer_ref',
      'w.side',
      'w.rule',
      'w.referral_id',
      'w.status',
    ])
    .select([
      'w.type',
      'w.amount_minor',
      'w.currency',
      'w.days',
      'w.points',
      'w.badge',
      'w.due_at',
      'w.expires_at',
    ])
    .select(
      sql<number>`case when w.status = 'reversed' and (select l.kind from ledger_entries l where l.reward_id = w.id
        order by l.id desc limit 1) = 'revoke' then 1 else 0 end`.as('is_revoked'),
    );
}

/** The rewards of these referrals. */
export async function listRewardsOfReferrals(
  queries: Queries,
  referralIds: readonly number[],
): Promise<readonly StandingRow[]> {
  if (referralIds.length === 0) return [];
  return standing(queries)
    .where('w.referral_id', 'in', integersIn(queries, referralIds))
    .orderBy('w.id')
    .execute();
}

/** The rewards of a contest that follow from no single referral: milestones, positions, drawings. */
export async function listOtherRewards(
  queries: Queries,
  contestId: number,
  sides: readonly RewardSide[],
): Promise<readonly StandingRow[]> {
  return standing(queries)
    .where('w.contest_id', '=', contestId)
    .where('w.side', 'in', sides)
    .orderBy('w.id')
    .execute();
}

export async function listRewardsById(
  queries: Queries,
  ids: readonly number[],
): Promise<readonly StandingRow[]> {
  if (ids.length === 0) return [];
  return standing(queries).where('w.id', 'in', integersIn(queries, ids)).orderBy('w.id').execute();
}

export async function listRewardPage(
  queries: Queries,
  contestId: number | undefined,
  after: number,
  limit: number,
): Promise<readonly StandingRow[]> {
  return standing(queries)
    .where('w.id', '>', after)
    .$if(contestId !== undefined, (query) => query.where('w.contest_id', '=', contestId ?? 0))
    .orderBy('w.id')
    .limit(limit)
    .execute();
}

/** Rewards that can be paid out: money that is available or claimed. */
export async function listPayable(
  queries: Queries,
  contestId: number | undefined,
  after: number,
  limit: number,
): Promise<readonly StandingRow[]> {
  return standing(queries)
    .where('w.id', '>', after)
    .where('w.status', 'in', ['available', 'claimed'])
    .where('w.amount_minor', 'is not', null)
    .$if(contestId !== undefined, (query) => query.where('w.contest_id', '=', contestId ?? 0))
    .orderBy('w.id')
    .limit(limit)
    .execute();
}

/** Rewards whose time to be claimed is over. */
export async function listOverdue(
  queries: Queries,
  contestId: number | undefined,
  now: Instant,
  after: number,
  limit: number,
): Promise<readonly StandingRow[]> {
  return standing(queries)
    .where('w.id', '>', after)
    .where('w.status', '=', 'available')
    .where('w.expires_at', '<=', now)
    .$if(contestId !== undefined, (query) => query.where('w.contest_id', '=', contestId ?? 0))
    .orderBy('w.id')
    .limit(limit)
    .execute();
}

/** A referral as far as its rewards depend on it. */
export interface EarningReferral {
  readonly id: number;
  readonly status: ReferralStatus;
  readonly reason: string;
  readonly referrer_ref: number;
  readonly friend_ref: number;
  readonly amount_minor: number;
  readonly currency: string;
  readonly booked_at: Instant;
  readonly decided_at: Instant | null;
  readonly source: string;
  readonly booking_reference: string;
}

/**
 * About `limit` referrals of a contest booked after `after`, in the order of booking time, reference and source; bookings of the
 * same moment are never on two pages.
 */
export async function listEarningReferrals(
  queries: Queries,
  contestId: number,
  after: Instant,
  limit: number,
): Promise<readonly EarningReferral[]> {
  const boundary = await queries
    .selectFrom('referrals')
    .select('booked_at')
    .where('contest_id', '=', contestId)
    .where('booked_at', '>', after)
    .orderBy('booked_at')
    .offset(limit - 1)
    .limit(1)
    .executeTakeFirst();
  return queries
    .selectFrom('referrals as r')
    .innerJoin('bookings as b', 'b.id', 'r.booking_id')
    .select([
      'r.id',
      'r.status',
      'r.reason',
      'r.referrer_ref',
      'r.friend_ref',
      'r.amount_minor',
      'r.currency',
    ])
    .select(['r.booked_at', 'r.decided_at', 'b.source', 'b.booking_reference'])
    .where('r.contest_id', '=', contestId)
    .where('r.booked_at', '>', after)
    .$if(boundary !== undefined, (query) => query.where('r.booked_at', '<=', boundary?.booked_at ?? ''))
    .orderBy('r.booked_at')
    .orderBy('b.booking_reference')
    .orderBy('b.source')
    .execute();
}

/** Participants with at least `least` approved referrals, by customer_id. */
export async function listApprovedCounts(
  queries: Queries,
  contestId: number,
  least: number,
): Promise<readonly { readonly customer_ref: number; readonly count: number }[]> {
  return queries
    .selectFrom('referrals as r')
    .innerJoin('customers as c', 'c.id', 'r.referrer_ref')
    .select((expression) => ['r.referrer_ref as customer_ref', expression.fn.countAll<number>().as('count')])
    .where('r.contest_id', '=', contestId)
    .where('r.status', '=', 'approved')
    .groupBy(['r.referrer_ref', 'c.customer_id'])
    .having((expression) => expression.fn.countAll(), '>=', least)
    .orderBy('c.customer_id')
    .execute();
}

export interface StandingTotal {
  readonly type: RewardType;
  readonly currency: string | null;
  readonly amount_minor: number | null;
  readonly days: number | null;
  readonly points: number | null;
  readonly count: number;
}

/** What stands: available, claimed and paid rewards, per type and currency. */
export async function listStandingTotals(
  queries: Queries,
  contestId: number | undefined,
): Promise<readonly StandingTotal[]> {
  return queries
    .selectFrom('rewards')
    .select((expression) => [
      'type',
      'currency',
      expression.fn.sum<number>('amount_minor').as('amount_minor'),
      expression.fn.sum<number>('days').as('days'),
      expression.fn.sum<number>('points').as('points'),
      expression.fn.countAll<number>().as('count'),
    ])
    .where('status', 'in', ['available', 'claimed', 'paid'])
    .$if(contestId !== undefined, (query) => query.where('contest_id', '=', contestId ?? 0))
    .groupBy(['type', 'currency'])
    .orderBy('type')
    .orderBy('currency')
    .execute();
}

/** The contests whose rewards can be computed, oldest first. */
export async function listRewardedContests(queries: Queries): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('contests')
    .select('slug')
    .where('status', 'in', ['active', 'paused', 'ended', 'finalized'])
    .orderBy('id')
    .execute();
  return rows.map((row) => row.slug);
}

/** How many rewards there are, of any status. */
export async function countAllRewards(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('rewards')
    .select((expression) => expression.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** The slugs of contests by key. */
export async function listContestSlugs(
  queries: Queries,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await queries.selectFrom('contests').select(['id', 'slug']).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row.slug]));
}

/** Rewards that computing never comes to: of no referral, of one of another contest or without a booking, or of a contest that never began. */
export async function listStrayRewards(queries: Queries, limit: number): Promise<readonly number[]> {
  const rows = await queries
    .selectFrom('rewards as w')
    .innerJoin('contests as c', 'c.id', 'w.contest_id')
    .leftJoin('referrals as r', 'r.id', 'w.referral_id')
    .select('w.id')
    .where((eb) =>
      eb.or([
        eb('c.status', '=', 'draft'),
        eb.and([
          eb('w.side', 'in', ['referrer', 'friend']),
          eb.or([
            eb('r.id', 'is', null),
            eb('r.booking_id', 'is', null),
            eb('r.contest_id', '<>', eb.ref('w.contest_id')),
          ]),
        ]),
        eb.and([eb('w.side', 'not in', ['referrer', 'friend']), eb('w.referral_id', 'is not', null)]),
      ]),
    )
    .orderBy('w.id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}
