import type { Expression, SqlBool } from 'kysely';
import { getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import type { RewardSide, RewardStatus, RewardType } from '../database/tables.ts';
import { formatMinorUnits } from '../money.ts';
import { compileWhere } from '../selection/compile-where.ts';
import type { Instant } from '../time.ts';
import { rewardFields } from './reward-fields.ts';
import { listRewardDetails, rewardConditions } from './reward-list-queries.ts';

const PAGE = 1_000;

/** A reward as lists and exports show it; what does not apply is null. */
export interface ListedReward {
  readonly id: number;
  readonly contest: string;
  readonly customer_id: string;
  readonly side: RewardSide;
  readonly rule: string;
  readonly type: RewardType;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly days: number | null;
  readonly points: number | null;
  readonly badge: string | null;
  readonly status: RewardStatus;
  readonly created_at: Instant;
  readonly due_at: Instant | null;
  readonly expires_at: Instant | null;
  readonly claimed_at: Instant | null;
  readonly paid_at: Instant | null;
}

export interface RewardScope {
  readonly contest?: string | undefined;
  readonly status?: RewardStatus | undefined;
  readonly where?: readonly string[];
  readonly limit?: number | undefined;
  readonly offset?: number;
  readonly now: Instant;
  /** The zone of times in `where` that have none. */
  readonly timezone?: string;
}

/** The rewards of a scope, by id, as they are asked for. Throws `not_found` for the contest, `usage` for a condition. */
export async function* listRewards(queries: Queries, scope: RewardScope): AsyncGenerator<ListedReward> {
  const conditions = await compileScope(queries, scope);
  let left = scope.limit ?? Number.MAX_SAFE_INTEGER;
  let skip = scope.offset ?? 0;
  for (let after = 0; left > 0; ) {
    const size = Math.min(PAGE, left);
    const rows = await listRewardDetails(queries, conditions, { after, limit: size, offset: skip });
    for (const { amount_minor, referral_id: _, ...row } of rows) {
      const isAmount = amount_minor !== null && row.currency !== null;
      yield { ...row, amount: isAmount ? formatMinorUnits(amount_minor, row.currency ?? '') : null };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    after = last.id;
    skip = 0;
    left -= rows.length;
  }
}

async function compileScope(
  queries: Queries,
  { contest, status, where = [], now, timezone = 'UTC' }: RewardScope,
): Promise<readonly Expression<SqlBool>[]> {
  if (contest !== undefined) await getContest(queries, contest);
  const condition = await compileWhere(queries, where, rewardFields, { now, timezone });
  return [condition, ...rewardConditions(contest, status)];
}

/** The ids of the rewards of a scope. */
export async function listRewardIds(queries: Queries, scope: RewardScope): Promise<readonly number[]> {
  const ids: number[] = [];
  for await (const { id } of listRewards(queries, scope)) ids.push(id);
  return ids;
}
