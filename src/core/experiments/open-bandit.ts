import type { Campaign } from '../campaigns/campaign.ts';
import type { Queries } from '../database/database.ts';
import { loadDistributions } from '../statistics/distributions.ts';
import { pickVariant, placeOf, propensitiesOf } from './bandit-policy.ts';
import { countArms } from './experiment-queries.ts';
import { outcomeWindow } from './read-experiment.ts';

/** A variant and how likely it was to be drawn. */
export interface DrawnVariant {
  readonly variant: string;
  readonly propensity: number;
}

/** Draws variants for people by what is known of the campaign's outcomes. */
export interface Bandit {
  /** Takes in what the provider has reported meanwhile. */
  learn(queries: Queries): Promise<void>;
  draw(addressKey: string): DrawnVariant;
}

/** A bandit that has learned nothing yet: every variant is as likely. */
export async function openBandit(campaign: Campaign, unsubscribeBase: string): Promise<Bandit> {
  const distributions = await loadDistributions();
  const names = campaign.variants.map(({ name }) => name);
  let propensities: readonly number[] = names.map(() => 1 / names.length);
  return {
    async learn(queries) {
      const window = outcomeWindow(campaign, null, unsubscribeBase);
      const metric = campaign.experiment?.metric ?? 'clicks';
      const rows = await countArms(queries, metric, window, { onlyMailed: true });
      const seen = names.map(
        (name) => rows.find(({ variant }) => variant === name) ?? { customers: 0, succeeded: 0 },
      );
      propensities = propensitiesOf(seen, distributions);
    },
    draw(addressKey) {
      const index = pickVariant(propensities, placeOf(campaign.slug, addressKey));
      return { variant: names[index] ?? '', propensity: propensities[index] ?? 1 };
    },
  };
}
