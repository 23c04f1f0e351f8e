import type { Expression, SqlBool } from 'kysely';
import { getContest } from '../contests/get-contest.ts';
import type { Rules } from '../contests/rules.ts';
import type { Queries } from '../database/database.ts';
import type { ReferralStatus } from '../database/tables.ts';
import { applyTier, pointsOfReferral } from '../leaderboard/score-participant.ts';
import { formatMinorUnits } from '../money.ts';
import { compileWhere } from '../selection/compile-where.ts';
import type { Instant } from '../time.ts';
import { referralFields } from './referral-fields.ts';
import { listReferralPage, type ReferralDetailRow, scopeCondition } from './referral-list-queries.ts';

const PAGE = 1_000;

/** A referral as lists and exports show it. */
export interface ListedReferral {
  readonly id: number;
  readonly contest: string;
  readonly code: string;
  readonly referrer_id: string;
  readonly friend_id: string;
  readonly booking_reference: string;
  readonly status: ReferralStatus;
  readonly reason: string;
  /** What it brings its referrer, before the caps per group; 0 unless approved. */
  readonly points: number;
  readonly amount: string;
  readonly currency: string;
  readonly booked_at: Instant;
  readonly decided_at: Instant | null;
  /** The booking system that `booking_reference` is of. */
  readonly source: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ReferralScope {
  readonly contest?: string | undefined;
  readonly status?: ReferralStatus | undefined;
  readonly where?: readonly string[];
  readonly limit?: number | undefined;
  readonly offset?: number;
  readonly now: Instant;
  /** The zone of times in `where` that have none. */
  readonly timezone?: string;
}

/** The referrals of a scope, by id, as they are asked for. Throws `not_found` for the contest, `usage` for a condition. */
export async function* listReferrals(queries: Queries, scope: ReferralScope): AsyncGenerator<ListedReferral> {
  const rulesOf = createRulesCache(queries);
  if (scope.contest !== undefined) await rulesOf(scope.contest);
  const condition = await compileScope(queries, scope);
  for await (const rows of pages(queries, condition, scope)) {
    for (const row of rows) yield toListed(row, await rulesOf(row.contest));
  }
}

/** The ids of the referrals of a scope. */
export async function listReferralIds(queries: Queries, scope: ReferralScope): Promise<readonly number[]> {
  if (scope.contest !== undefined) await getContest(queries, scope.contest);
  const ids: number[] = [];
  for await (const rows of pages(queries, await compileScope(queries, scope), scope)) {
    for (const row of rows) ids.push(row.id);
  }
  return ids;
}

/** One referral as a list shows it. */
export function toListed(row: ReferralDetailRow, rules: Rules): ListedReferral {
  const isApproved = row.status === 'approved';
  return {
    id: row.id,
    contest: row.contest,
    code: row.code,
    referrer_id: row.referrer_id,
    friend_id: row.friend_id,
    booking_reference: row.booking_reference,
    status: row.status,
    reason: row.reason,
    points: isApproved ? applyTier(pointsOfReferral(row, rules), row.referrer_tier, rules) : 0,
    amount: formatMinorUnits(row.amount_minor, row.currency),
    currency: row.currency,
    booked_at: row.booked_at,
    decided_at: row.decided_at,
    source: row.source,
    attributes: JSON.parse(row.attributes) as Record<string, string>,
  };
}

async function compileScope(queries: Queries, scope: ReferralScope): Promise<Expression<SqlBool>> {
  const { contest, status, where = [], now, timezone = 'UTC' } = scope;
  const condition = await compileWhere(queries, where, referralFields, { now, timezone });
  return scopeCondition(contest, status, condition);
}

async function* pages(
  queries: Queries,
  condition: Expression<SqlBool>,
  { limit = Number.MAX_SAFE_INTEGER, offset = 0 }: ReferralScope,
): AsyncGenerator<readonly ReferralDetailRow[]> {
  let left = limit;
  let skip = offset;
  let after = 0;
  while (left > 0) {
    const size = Math.min(PAGE, left);
    const rows = await listReferralPage(queries, condition, { after, limit: size, offset: skip });
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    after = last.id;
    skip = 0;
    left -= rows.length;
  }
}

function createRulesCache(queries: Queries): (slug: string) => Promise<Rules> {
  const known = new Map<string, Rules>();
  return async (slug) => {
    const cached = known.get(slug);
    if (cached !== undefined) return cached;
    const { rules } = await getContest(queries, slug);
    known.set(slug, rules);
    return rules;
  };
}
