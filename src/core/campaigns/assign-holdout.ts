import { createHmac } from 'node:crypto';
import { ReferralError } from '../errors.ts';

/** What a share of customers is counted in: 5 % is 500. */
const WHOLE = 10_000;
const MOST = 9_000;

/**
 * Is this customer among the `share` of 10,000 who are held out of a campaign? By a hash keyed with the campaign, so that it
 * is the same on every machine and engine, and independent of variants and of every other campaign.
 */
export function isHeldOut(campaign: string, customerId: string, share: number): boolean {
  const hash = createHmac('sha256', `holdout:${campaign}`).update(customerId).digest();
  return hash.readUIntBE(0, 6) < (share / WHOLE) * 2 ** 48;
}

/** `5%`, `2.5%` → of 10,000. Throws `usage`. */
export function parseHoldout(text: string): number {
  const [, digits] = /^(\d+(?:\.\d{1,2})?)\s*%$/.exec(text.trim()) ?? [];
  const share = Math.round(Number(digits) * 100);
  if (digits !== undefined && share >= 1 && share <= MOST) return share;
  throw new ReferralError('usage', `--holdout: "${text}" is not a percentage from 0.01% to 90%`, {
    hint: 'Write how many get nothing, for the campaign to be measured against: --holdout 5%',
  });
}

/** Of 10,000 → `5%`. */
export function formatHoldout(share: number): string {
  return `${share / 100}%`;
}
