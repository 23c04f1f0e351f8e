import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { OnProgress } from '../progress.ts';
import type { BackendName } from './backend.ts';
import { buildModel, type TrainingData } from './build-model.ts';
import type { Metrics } from './metrics.ts';
import { openBackend } from './open-backend.ts';
import { type ModelFigures, promoteModel, saveModel } from './registry.ts';

export interface TrainOptions {
  /** The model's name; the target's by default. */
  readonly name?: string | undefined;
  readonly seed: number;
  /** Columns to learn from although they look like ids or give the outcome away. */
  readonly keep: readonly string[];
  /** Only this backend, instead of the first that works. */
  readonly backend?: BackendName | undefined;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

export interface TrainResult extends Omit<ModelFigures, 'metrics' | 'baseline'> {
  readonly model: string;
  readonly version: number;
  readonly promoted: boolean;
  readonly target: string;
  readonly positive: string;
  readonly rows: number;
  /** Rows with the outcome. */
  readonly positives: number;
  readonly metrics: Metrics;
  readonly baseline: ModelFigures['baseline'];
  readonly seed: number;
  readonly backend: string;
  readonly libraries: Readonly<Record<string, string>>;
  readonly data_sha256: string;
  readonly dry_run: boolean;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** Trains a model, saves it as the next version of its name, and promotes it when it beats its baseline. */
export async function trainModel(
  database: Database,
  data: TrainingData,
  options: TrainOptions,
): Promise<TrainResult> {
  const { seed, dryRun } = options;
  const name = modelName(options.name ?? data.target.name);
  const { backend, skipped } = await openBackend(
    options.backend === undefined ? undefined : [options.backend],
  );
  const built = await buildModel(data, { ...options, name, backend });
  const slow =
    backend.name === 'cpu' && options.backend === undefined
      ? skipped.map((one) => `the backend ${one.name} is not used: ${one.reason}`)
      : [];
  const figures = { ...built.figures, warnings: [...built.figures.warnings, ...slow] };
  const saved = await database.transaction(
    async (transaction) => {
      const version = await saveModel(transaction, { ...built, figures }, options);
      return version.beats_baseline
        ? promoteModel(transaction, version, { ...options, force: false })
        : version;
    },
    { rollback: dryRun },
  );
  return {
    ...{ model: name, version: saved.version, promoted: saved.promoted },
    ...{ target: data.target.name, positive: data.target.positive, rows: data.outcomes.length },
    positives: data.outcomes.reduce((sum, outcome) => sum + outcome, 0),
    ...figures,
    ...{ seed, backend: backend.name, libraries: backend.versions },
    ...{ data_sha256: data.data_sha256, dry_run: dryRun },
  };
}

/** A name that stands in segments and flags: small letters, digits, `_` and `-`. Throws `usage` where nothing of it can. */
export function modelName(text: string): string {
  const name = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^[_-]+|_+$/g, '')
    .slice(0, 40);
  if (NAME.test(name)) return name;
  throw new ReferralError('usage', `"${text}" can't be the name of a model`, {
    hint: 'Give it a name of letters and digits: --model NAME.',
  });
}
