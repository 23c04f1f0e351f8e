import type { RewardStatus } from '../database/tables.ts';
import { formatMinorUnits } from '../money.ts';
import type { RewardCount } from './booking-queries.ts';
import type { Report, RewardSums } from './report.ts';

export const REWARD_STATUSES: readonly RewardStatus[] = [
  'held',
  'available',
  'claimed',
  'paid',
  'expired',
  'reversed',
];

/** What the rewards of each status are worth, each kind apart. */
export function sumRewards(rows: readonly RewardCount[]): Report['rewards'] {
  const entries = REWARD_STATUSES.map((status) => [
    status,
    sumOne(rows.filter((row) => row.status === status)),
  ]);
  return Object.fromEntries(entries) as Report['rewards'];
}

function sumOne(rows: readonly RewardCount[]): RewardSums {
  const minor = new Map<string, number>();
  let rewards = 0;
  let free_days = 0;
  let points = 0;
  let badges = 0;
  for (const row of rows) {
    rewards += row.rewards;
    free_days += row.days ?? 0;
    points += row.points ?? 0;
    if (row.type === 'badge') badges += row.rewards;
    if (row.currency !== null)
      minor.set(row.currency, (minor.get(row.currency) ?? 0) + (row.amount_minor ?? 0));
  }
  const amounts = [...minor]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, sum]) => [currency, formatMinorUnits(sum, currency)]);
  return {
    rewards,
    amounts: Object.fromEntries(amounts) as Record<string, string>,
    free_days,
    points,
    badges,
  };
}
