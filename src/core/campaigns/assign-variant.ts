import { createHmac } from 'node:crypto';

/**
 * Which of `count` variants a customer gets: by a hash keyed with the campaign, so that it is the same on every
 * machine and engine, evenly spread, and independent of every other campaign.
 */
export function assignVariant(campaign: string, customerId: string, count: number): number {
  if (count <= 1) return 0;
  const hash = createHmac('sha256', `variant:${campaign}`).update(customerId).digest();
  // 48 bits of the hash: the bias of the remainder is below one in 10^12 for any sane number of variants.
  return hash.readUIntBE(0, 6) % count;
}
