import { type RawBuilder, sql } from 'kysely';
import { findRuleAmount } from '../contests/rule-amount.ts';
import type { ReferralReward } from '../contests/rules-parts.ts';
import type { Queries } from '../database/database.ts';
import { parseMinorUnits, percentageFraction } from '../money.ts';

/** The currencies in which the referrals of a contest are. */
export async function listReferralCurrencies(
  queries: Queries,
  contestId: number,
): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('referrals')
    .select('currency')
    .distinct()
    .where('contest_id', '=', contestId)
    .orderBy('currency')
    .execute();
  return rows.map((row) => row.currency);
}

/** As `findRewardValue`, as SQL over referrals (`r`): the unit and the amount, 0 for nothing. */
export function expectedValue(
  reward: ReferralReward | undefined,
  currencies: readonly string[],
): { readonly unit: RawBuilder<unknown>; readonly amount: RawBuilder<unknown> } {
  switch (reward?.type) {
    case undefined:
      return { unit: sql`''`, amount: sql`0` };
    case 'money': {
      const amount = parseMinorUnits(reward.amount, reward.currency, 'rewards');
      return { unit: sql`${sql.lit(reward.currency)}`, amount: integer(amount) };
    }
    case 'percentage':
      return { unit: sql`r.currency`, amount: shareOf(reward.percent, reward.max, currencies) };
    case 'free_days':
      return { unit: sql`'free_days'`, amount: integer(reward.days) };
    case 'points':
      return { unit: sql`'points'`, amount: integer(reward.points) };
    case 'badge':
      return { unit: sql`'badge'`, amount: sql`1` };
  }
}

type Cap = Extract<ReferralReward, { type: 'percentage' }>['max'];

// As `percentageOf`: rounded half up. Whole parts and the rest are multiplied apart, so that nothing leaves 64 bits.
function shareOf(percent: string, cap: Cap, currencies: readonly string[]): RawBuilder<unknown> {
  const { numerator, denominator } = percentageFraction(percent);
  const [n, d, twice] = [integer(numerator), integer(denominator), integer(denominator * 2)];
  const share = sql`(r.amount_minor / ${d} * ${n} + (r.amount_minor % ${d} * ${n} * 2 + ${d}) / ${twice})`;
  if (cap === undefined) return share;
  const caps = currencies.flatMap((currency) => {
    const most = findRuleAmount(cap, currency, 'down');
    return most === undefined
      ? []
      : [sql`when r.currency = ${currency} and ${share} > ${integer(most)} then ${integer(most)}`];
  });
  return caps.length === 0 ? share : sql`(case ${sql.join(caps, sql` `)} else ${share} end)`;
}

function integer(value: number): RawBuilder<unknown> {
  return sql`cast(${sql.lit(value)} as bigint)`;
}
