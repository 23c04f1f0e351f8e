import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { inChunks } from '../database/in-chunks.ts';
import { ReferralError } from '../errors.ts';
import { listKnownColumns, readFeatures } from '../features/read-features.ts';
import { keepModelSegments } from '../segments/keep-model-segments.ts';
import type { Backend } from './backend.ts';
import { createCellCollector } from './collect-cells.ts';
import type { Model } from './model-document.ts';
import { deletePredictions, insertPredictions } from './prediction-queries.ts';
import type { ModelVersion } from './registry.ts';
import { bandOf, listBands } from './score-bands.ts';
import { predictProbabilities } from './train-classifier.ts';
import { readColumns } from './type-columns.ts';
import { watchColumns } from './watch-columns.ts';

export interface CustomerScoring {
  readonly backend: Backend;
  readonly version: ModelVersion;
  readonly model: Model;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
  readonly onProgress?: ((done: number) => void) | undefined;
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

const BATCH = 4_096;
const WRITTEN = 5_000;

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
      for (let from = 0; from < refs.length; from += WRITTEN) {
        const predictions = refs.slice(from, from + WRITTEN).map((customer_ref, index) => {
          const score = scores[from + index] ?? 0;
          return { customer_ref, score, segment: bandOf(name, model.classifier.bands, score) };
        });
        await insertPredictions(transaction, version.id, predictions, now);
      }
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

async function predictCustomers(
  database: Database,
  { model, version, backend, onProgress }: CustomerScoring,
  now: string,
): Promise<{
  readonly refs: readonly number[];
  readonly scores: readonly number[];
  readonly warnings: readonly string[];
}> {
  const names = model.columns.map((column) => column.name);
  const refs: number[] = [];
  const scores: number[] = [];
  const watch = watchColumns(model);
  await database.snapshot(async (snapshot) => {
    await assertKnown(await listKnownColumns(snapshot), names, version);
    const table = await readFeatures(snapshot, now, { columns: names });
    for await (const rows of inChunks(table.rows, BATCH)) {
      const collector = createCellCollector(names);
      for (const { cells } of rows) collector.add(cells);
      const typed = readColumns(model.columns, collector.finish());
      watch.add(typed);
      const columns = typed.map(({ column }) => column);
      const own = predictProbabilities(backend, model.classifier, columns, Int32Array.from(rows.keys()));
      for (const [index, { ref }] of rows.entries()) {
        refs.push(ref);
        scores.push(own[index] ?? 0);
      }
      onProgress?.(refs.length);
    }
  });
  return { refs, scores, warnings: watch.warnings() };
}

async function assertKnown(
  known: ReadonlySet<string>,
  names: readonly string[],
  { name, version, source }: ModelVersion,
): Promise<void> {
  const missing = names.filter(
    (one) => !known.has(one) && !(source === 'customers' && one.startsWith('attributes.')),
  );
  if (missing.length === 0) return;
  throw new ReferralError(
    'state_forbids',
    `Customers have not the columns that the model "${name}", version ${version}, reads`,
    {
      reason: `they lack ${missing.join(', ')}`,
      hint: `Score a file that has them: referral segments score --from FILE --id COLUMN --model ${name}; or import them as attributes: referral customers import FILE`,
      details: { model: name, columns: missing },
    },
  );
}
