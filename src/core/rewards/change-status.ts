import type { RewardStatus } from '../database/tables.ts';
import type { MovementKind } from './ledger.ts';
import { type RewardChange, toValue } from './reward.ts';
import type { StandingRow } from './reward-queries.ts';

/** The change that moves all of a standing reward to another stage. */
export function moveReward(
  row: StandingRow,
  kind: MovementKind,
  to: RewardStatus,
  reason: string,
): RewardChange {
  const value = toValue(row);
  return {
    idempotency_key: row.idempotency_key,
    reward_id: row.id,
    contest_id: row.contest_id,
    customer_ref: row.customer_ref,
    side: row.side,
    rule: row.rule,
    referral_id: row.referral_id,
    value,
    status: to,
    due_at: row.due_at,
    expires_at: row.expires_at,
    movements: [
      {
        kind,
        from_account: row.status,
        to_account: to,
        amount_minor: value.amount_minor,
        currency: value.currency,
        reason,
      },
    ],
  };
}
