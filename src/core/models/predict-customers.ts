import type { Database } from '../database/database.ts';
import { inChunks } from '../database/in-chunks.ts';
import { ReferralError } from '../errors.ts';
import { countFeatureRows, listKnownColumns, readFeatures } from '../features/read-features.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import type { Instant } from '../time.ts';
import type { Backend } from './backend.ts';
import { createValueCollector } from './collect-values.ts';
import type { Model } from './model-document.ts';
import type { ModelVersion } from './registry.ts';
import { predictProbabilities } from './train-classifier.ts';
import { watchColumns } from './watch-columns.ts';

export interface CustomerPrediction {
  readonly backend: Backend;
  readonly version: ModelVersion;
  readonly model: Model;
  readonly onProgress?: OnProgress | undefined;
}

export interface PredictedCustomers {
  /** Their integer keys, ascending. */
  readonly refs: readonly number[];
  /** Their probabilities, in the same order. */
  readonly scores: readonly number[];
  /** What the model could not make anything of, for people. */
  readonly warnings: readonly string[];
}

const BATCH = 4_096;

/** What a model says of every customer who is not erased, as of a time. Throws `state_forbids` when customers have not the columns that it reads. */
export async function predictCustomers(
  database: Database,
  { model, version, backend, onProgress }: CustomerPrediction,
  now: Instant,
): Promise<PredictedCustomers> {
  const names = model.columns.map((column) => column.name);
  const refs: number[] = [];
  const scores: number[] = [];
  const watch = watchColumns(model);
  const collector = createValueCollector(model.columns);
  await database.snapshot(async (snapshot) => {
    await assertKnown(await listKnownColumns(snapshot), names, version);
    const total = onProgress === undefined ? 0 : await countFeatureRows(snapshot);
    const table = await readFeatures(snapshot, now, { columns: names });
    for await (const rows of inChunks(table.rows, BATCH)) {
      for (const { cells } of rows) collector.add(cells);
      const typed = collector.finish();
      watch.add(typed);
      const columns = typed.map(({ column }) => column);
      const own = predictProbabilities(backend, model.classifier, columns, Int32Array.from(rows.keys()));
      for (const [index, { ref }] of rows.entries()) {
        refs.push(ref);
        scores.push(own[index] ?? 0);
      }
      await tellProgress(onProgress, refs.length, total);
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
