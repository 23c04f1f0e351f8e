import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { integersIn } from '../database/list-parameter.ts';
import type { RewardStatus, RewardType } from '../database/tables.ts';
import type { RecipientColumn } from './recipient-columns.ts';

/** The fields of customers that templates can use, with their active code in a contest; only those that are wanted. */
export async function listRecipients(
  queries: Queries,
  contestId: number,
  refs: readonly number[],
  columns: readonly RecipientColumn[],
) {
  const customers = queries.selectFrom('customers').where('customers.id', 'in', integersIn(queries, refs));
  const joined =
    engineOf(queries) === 'postgres'
      ? customers.leftJoinLateral(
          // With a limit each code is looked up by an index: without statistics the planner reads those of all participants.
          (from) =>
            from
              .selectFrom('codes')
              .whereRef('codes.customer_ref', '=', 'customers.id')
              .where('codes.contest_id', '=', contestId)
              .where('codes.status', '=', 'active')
              .select(['codes.code', 'codes.expires_at'])
              .limit(1)
              .as('codes'),
          (join) => join.onTrue(),
        )
      : customers.leftJoin('codes', (join) =>
          join
            .onRef('codes.customer_ref', '=', 'customers.id')
            .on('codes.contest_id', '=', contestId)
            .on('codes.status', '=', 'active'),
        );
  return joined.select('customers.id').select(columns).execute();
}

export interface LatestReward {
  readonly customer_ref: number;
  readonly type: RewardType;
  readonly status: RewardStatus;
  readonly amount_minor: number | null;
  readonly currency: string | null;
  readonly days: number | null;
  readonly points: number | null;
  readonly badge: string | null;
  readonly due_at: string | null;
  readonly friend_first_name: string | null;
}

/** The latest standing reward of each customer in a contest, and the latest badge beside it. */
export async function listLatestRewards(
  queries: Queries,
  contestId: number,
  refs: readonly number[],
): Promise<LatestReward[]> {
  const ranked = queries
    .selectFrom('rewards')
    .where('rewards.contest_id', '=', contestId)
    .where('rewards.customer_ref', 'in', integersIn(queries, refs))
    .where('rewards.status', 'not in', ['expired', 'reversed'])
    .selectAll()
    .select(
      sql<number>`row_number() over (
        partition by customer_ref, case when type = 'badge' then 1 else 0 end
        order by created_at desc, id desc)`.as('place'),
    )
    .as('latest');
  return queries
    .selectFrom(ranked)
    .leftJoin('referrals', 'referrals.id', 'latest.referral_id')
    .leftJoin('customers', 'customers.id', 'referrals.friend_ref')
    .where('latest.place', '=', 1)
    .select([
      'latest.customer_ref',
      'latest.type',
      'latest.status',
      'latest.amount_minor',
      'latest.currency',
      'latest.days',
      'latest.points',
      'latest.badge',
      'latest.due_at',
      'customers.first_name as friend_first_name',
    ])
    .orderBy('latest.created_at')
    .orderBy('latest.id')
    .execute();
}

/** The names of people, for a board that others see. */
export async function listNames(queries: Queries, refs: readonly number[]) {
  if (refs.length === 0) return [];
  return queries
    .selectFrom('customers')
    .where('id', 'in', integersIn(queries, refs))
    .select(['id', 'first_name', 'last_name'])
    .execute();
}

/** Who won something in the drawing of a contest, in the order in which they were drawn. */
export async function listDrawingWinners(queries: Queries, contestId: number) {
  return queries
    .selectFrom('rewards')
    .innerJoin('customers', 'customers.id', 'rewards.customer_ref')
    .where('rewards.contest_id', '=', contestId)
    .where('rewards.side', '=', 'drawing')
    .where('rewards.status', 'not in', ['expired', 'reversed'])
    .select(['customers.first_name', 'customers.last_name'])
    .orderBy('rewards.id')
    .execute();
}

export async function countParticipants(queries: Queries, contestId: number): Promise<number> {
  const { count } = await queries
    .selectFrom('participants')
    .where('contest_id', '=', contestId)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** The key of a customer, by `customer_id`, else by address. */
export async function findCustomerRef(
  queries: Queries,
  customerId: string,
  addressKey: string | undefined,
): Promise<number | undefined> {
  const byId = await queries
    .selectFrom('customers')
    .where('customer_id', '=', customerId)
    .select('id')
    .executeTakeFirst();
  if (byId !== undefined || addressKey === undefined) return byId?.id;
  const byAddress = await queries
    .selectFrom('customers')
    .where('address_key', '=', addressKey)
    .select('id')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return byAddress?.id;
}

/** The slug of the contest that a customer takes part in: an active one first, then the one joined last. */
export async function findContestOf(queries: Queries, customerRef: number): Promise<string | undefined> {
  const row = await queries
    .selectFrom('participants')
    .innerJoin('contests', 'contests.id', 'participants.contest_id')
    .where('participants.customer_ref', '=', customerRef)
    .select('contests.slug')
    .orderBy(sql`case when contests.status = 'active' then 0 else 1 end`)
    .orderBy('participants.enrolled_at', 'desc')
    .orderBy('participants.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.slug;
}
