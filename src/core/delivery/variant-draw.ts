import { type Campaign, UNDRAWN } from '../campaigns/campaign.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { openBandit } from '../experiments/open-bandit.ts';
import { type DrawnDelivery, saveDrawn } from './assignment-queries.ts';
import type { ClaimedDelivery } from './claim-batch.ts';

/** Draws the variants of a campaign with `--allocate bandit`, each once, in the transaction that claims the delivery. */
export interface VariantDraw {
  /** Takes in, once in a while and outside of any claim, what was reported meanwhile. */
  learn(): Promise<void>;
  /** Gives deliveries that have none a variant, and writes it down with its propensity; the others keep theirs. */
  draw(trx: Queries, deliveries: readonly ClaimedDelivery[]): Promise<readonly ClaimedDelivery[]>;
}

// Reports of a provider come minutes after a mail at the earliest.
const LEARNED_EVERY_MS = 60_000;

/** Undefined for campaigns whose variants were frozen with their plan. */
export async function openVariantDraw(
  campaign: Campaign,
  queries: Queries,
  clock: Clock,
  unsubscribeBase: string,
): Promise<VariantDraw | undefined> {
  if (campaign.allocation !== 'bandit') return undefined;
  const bandit = await openBandit(campaign, unsubscribeBase);
  let learnedAt = Number.NEGATIVE_INFINITY;
  return {
    async learn() {
      const now = clock.milliseconds();
      if (now - learnedAt < LEARNED_EVERY_MS) return;
      learnedAt = now;
      await bandit.learn(queries);
    },
    async draw(trx, deliveries) {
      const rows: DrawnDelivery[] = [];
      const drawn = deliveries.map((delivery) => {
        if (delivery.variant !== UNDRAWN) return delivery;
        const { variant, propensity } = bandit.draw(delivery.address_key);
        rows.push({ id: delivery.id, variant, propensity });
        return { ...delivery, variant };
      });
      if (rows.length > 0) await saveDrawn(trx, rows);
      return drawn;
    },
  };
}
