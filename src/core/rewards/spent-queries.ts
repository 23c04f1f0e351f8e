import { sql } from 'kysely';
import type { Rules } from '../contests/rules.ts';
import type { Queries } from '../database/database.ts';
import { expectedValue, listReferralCurrencies } from './expected-value-queries.ts';

/**
 * What claimed and paid rewards of referrals come to once the ledger is brought up to date, in minor units per currency: one that is to be
 * reversed is not spent, one whose booking has changed is spent as it will be. Otherwise computing twice would differ from computing once.
 */
export async function listSpentOnReferrals(
  queries: Queries,
  contestId: number,
  { rewards }: Pick<Rules, 'rewards'>,
): Promise<readonly { readonly unit: string; readonly amount_minor: number }[]> {
  const currencies = await listReferralCurrencies(queries, contestId);
  const sides = (['referrer', 'friend'] as const).map((side) => {
    const { unit, amount } = expectedValue(rewards[side], currencies);
    const owner = sql.ref(side === 'referrer' ? 'r.referrer_ref' : 'r.friend_ref');
    return sql`select case when r.status = 'approved' then ${unit} else w.currency end as unit,
        case when w.customer_ref <> ${owner} then 0 when r.status = 'approved' then ${amount}
          when r.status in ('pending', 'held') and w.status = 'paid' then w.amount_minor else 0 end as amount_minor
      from rewards w join referrals r on r.id = w.referral_id
      where w.contest_id = ${contestId} and w.status in ('claimed', 'paid') and w.side = ${sql.lit(side)}`;
  });
  const { rows } = await sql<{ unit: string; amount_minor: number }>`
    select s.unit, sum(s.amount_minor) as amount_minor from (${sql.join(sides, sql` union all `)}) s
    where s.amount_minor > 0 group by s.unit order by s.unit`.execute(queries);
  return rows;
}

/**
 * The most that referrals of a contest can take out of its budget, in minor units per currency: what approved ones earn, and what was paid for those that
 * are held again.
 */
export async function listEarnedByReferrals(
  queries: Queries,
  contestId: number,
  { rewards }: Pick<Rules, 'rewards'>,
): Promise<readonly { readonly unit: string; readonly amount_minor: number }[]> {
  const currencies = await listReferralCurrencies(queries, contestId);
  const earned = (['referrer', 'friend'] as const).map((side) => {
    const { unit, amount } = expectedValue(rewards[side], currencies);
    return sql`select ${unit} as unit, ${amount} as amount_minor from referrals r
      where r.contest_id = ${contestId} and r.status = 'approved'`;
  });
  const { rows } = await sql<{ unit: string; amount_minor: number }>`
    select s.unit, sum(s.amount_minor) as amount_minor from (${sql.join(earned, sql` union all `)}
      union all select w.currency, w.amount_minor from rewards w join referrals r on r.id = w.referral_id
        where w.contest_id = ${contestId} and w.status = 'paid' and w.amount_minor is not null and r.status in ('pending', 'held')) s
    where s.amount_minor > 0 group by s.unit order by s.unit`.execute(queries);
  return rows;
}
