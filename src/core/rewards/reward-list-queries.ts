import { type Expression, type SqlBool, sql } from 'kysely';
import type { Queries } from '../database/database.ts';

/** The rewards (`w`) of a contest, of a status, or of both. */
export function rewardConditions(
  contest: string | undefined,
  status: string | undefined,
): readonly Expression<SqlBool>[] {
  return [
    ...(contest === undefined ? [] : [sql<SqlBool>`contests.slug = ${contest}`]),
    ...(status === undefined ? [] : [sql<SqlBool>`w.status = ${status}`]),
  ];
}

/** One page of the rewards that fulfil a condition, by id, with the names that people use. */
export async function listRewardDetails(
  queries: Queries,
  conditions: readonly Expression<SqlBool>[],
  page: { readonly after: number; readonly limit: number; readonly offset: number },
) {
  return queries
    .selectFrom('rewards as w')
    .innerJoin('contests', 'contests.id', 'w.contest_id')
    .innerJoin('customers', 'customers.id', 'w.customer_ref')
    .select(['w.id', 'contests.slug as contest', 'customers.customer_id', 'w.side', 'w.rule', 'w.type'])
    .select(['w.amount_minor', 'w.currency', 'w.days', 'w.points', 'w.badge', 'w.status', 'w.created_at'])
    .select(['w.due_at', 'w.expires_at', 'w.claimed_at', 'w.paid_at', 'w.referral_id'])
    .where((expression) => expression.and([...conditions]))
    .where('w.id', '>', page.after)
    .orderBy('w.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}
