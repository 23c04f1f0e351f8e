import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { getCampaignForChange } from '../campaigns/get-campaign.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { insertDecision } from './experiment-queries.ts';
import { type ExperimentFigures, readExperiment } from './read-experiment.ts';

export interface DecideDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
  readonly unsubscribeBase: string;
}

/**
 * Writes down what an experiment has shown, once: a winner, or that its time is over without one. Before that it changes
 * nothing and says what is missing; after that it gives what was decided. Throws `not_found`.
 */
export async function decideExperiment(
  slug: string,
  { database, clock, run, dryRun, unsubscribeBase }: DecideDependencies,
): Promise<ExperimentFigures> {
  return database.transaction(
    async (trx) => {
      const campaign = await getCampaignForChange(trx, slug);
      const now = clock.now();
      const figures = await readExperiment(trx, campaign, { now, unsubscribeBase });
      const { verdict, winner, reason } = figures;
      if (figures.decided_at !== null || (verdict !== 'winner' && verdict !== 'no_winner')) return figures;
      const { variants, comparisons, sample_ratio_p, design_sha256 } = figures;
      await insertDecision(trx, {
        campaign_id: campaign.id,
        ...{ verdict, winner, reason },
        figures: canonicalJson({ variants, comparisons, sample_ratio_p }),
        operator: run.operator,
        decided_at: now,
      });
      await appendAudit(trx, clock, run, {
        action: 'experiment.decided',
        subject: slug,
        details: { verdict, winner, design_sha256 },
      });
      return { ...figures, decided_at: now };
    },
    { rollback: dryRun },
  );
}
