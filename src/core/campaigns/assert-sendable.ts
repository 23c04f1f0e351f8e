import { ReferralError } from '../errors.ts';
import type { Plan } from './plan-campaign.ts';

/** Throws `state_forbids` when a check of the plan forbids sending, with what to do about it. */
export function assertSendable(plan: Plan): void {
  const failed = plan.checks.filter((check) => !check.ok && check.severity === 'error');
  const [first] = failed;
  if (first === undefined) return;
  throw new ReferralError('state_forbids', `campaign "${plan.campaign}" can't be sent: ${first.message}`, {
    ...(failed.length === 1 ? {} : { reason: `and ${failed.length - 1} more of its checks` }),
    hint: first.fix ?? `See everything that was checked: referral campaigns plan ${plan.campaign}`,
    details: { campaign: plan.campaign, failed: failed.map((check) => check.name) },
  });
}
