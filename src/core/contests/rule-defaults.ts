import type { Config } from '../settings/config.ts';

type Part = Readonly<Record<string, unknown>>;

/**
 * A rules document with what the configuration says about new contests, where the document itself says nothing. What is no
 * object is left as it is, for `parseRules` to refuse.
 */
export function withRuleDefaults(
  document: unknown,
  { contests, currency }: Pick<Config, 'contests' | 'currency'>,
): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const rules = document as Part;
  const { max_referrals, auto_approve, require_booking_reference, master_threshold } = contests;
  const mode = auto_approve === undefined ? undefined : auto_approve ? 'automatic' : 'manual';
  const badge = { at: master_threshold, type: 'badge', name: 'Referral Master' };
  const parts: Readonly<Record<string, Part>> = {
    limits: { referrals_per_participant: max_referrals },
    approval: { mode },
    eligibility: { require_booking_reference },
    rewards: {
      referrer: referrerReward(contests, currency),
      milestones: master_threshold === undefined ? undefined : [badge],
    },
  };
  const merged: Record<string, unknown> = { ...rules };
  for (const [name, defaults] of Object.entries(parts)) {
    const known = Object.entries(defaults).filter(([, value]) => value !== undefined);
    const given = name in rules ? rules[name] : {};
    if (known.length === 0 || typeof given !== 'object' || given === null || Array.isArray(given)) continue;
    merged[name] = { ...Object.fromEntries(known), ...given };
  }
  return merged;
}

function referrerReward(
  { reward_amount, reward_days }: Config['contests'],
  currency: string,
): Part | undefined {
  if (reward_amount !== undefined && Number(reward_amount) > 0) {
    return { type: 'money', amount: reward_amount, currency };
  }
  return reward_days === undefined ? undefined : { type: 'free_days', days: reward_days };
}
