import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { keepModelSegments } from '../segments/keep-model-segments.ts';
import { type CustomerPrediction, predictCustomers } from './predict-customers.ts';
import { deletePredictions, insertPredictions } from './prediction-queries.ts';
import { bandOf, listBands } from './score-bands.ts';

export interface CustomerScoring extends CustomerPrediction {
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

export interface CustomerScores {
  readonly model: string;
  readonly version: number;
  readonly scored: number;
  readonly segments: Readonly<Record<string, number>>;
  /** What the model could not make anything of, for people. */
  readonly warnings: readonly string[];
  readonly dry_run: boolean;
}

/**
 * Scores every customer who is not erased as of now, keeps the scores with the model's version, and puts each into a segment of the model.
 * Throws `state_forbids` when customers have not the columns that the model reads.
 */
export async function scoreCustomers(database: Database, scoring: CustomerScoring): Promise<CustomerScores> {
  const { version, model, clock, run, dryRun } = scoring;
  const now = clock.now();
  // Reading takes long and writing does not: the writers of others wait for the second only.
  const { refs, scores, warnings } = await predictCustomers(database, scoring, now);
  const { name } = version;
  return database.transaction(
    async (transaction) => {
      await deletePredictions(transaction, name);
      const predictions = refs.values().map((customer_ref, index) => {
        const score = scores[index] ?? 0;
        return { customer_ref, score, segment: bandOf(name, model.classifier.bands, score) };
      });
      await insertPredictions(transaction, version.id, predictions, now);
      const names = listBands(name);
      const segments = await keepModelSegments(transaction, {
        ...{ modelId: version.id, model: name, version: version.version, names, now },
      });
      await appendAudit(transaction, clock, run, {
        action: 'segments.scored',
        subject: name,
        details: { version: version.version, scored: refs.length, segments },
      });
      return {
        model: name,
        version: version.version,
        scored: refs.length,
        segments,
        warnings,
        dry_run: dryRun,
      };
    },
    { rollback: dryRun },
  );
}
