import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { formatModel, type Model, parseModel } from './model-document.ts';
import {
  getModelDocument,
  insertModel,
  insertPromotion,
  listModelRows,
  listPromotions,
  type ModelRow,
} from './model-queries.ts';
import type { ClassifierReport } from './train-classifier.ts';

/** What was measured when a version was trained; kept with it. */
export interface ModelFigures extends ClassifierReport {
  readonly held_out: { readonly rows: number; readonly by: 'seed' | 'time' | 'file' };
  readonly warnings: readonly string[];
  readonly left_out: readonly { readonly column: string; readonly reason: string }[];
}

/** One version of a model, without its weights. */
export interface ModelVersion {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  /** Is this the version that scores? */
  readonly promoted: boolean;
  readonly source: 'file' | 'customers';
  readonly target: string;
  readonly rows: number;
  readonly seed: number;
  readonly backend: string;
  readonly libraries: Readonly<Record<string, string>>;
  readonly data_sha256: string;
  readonly sha256: string;
  readonly beats_baseline: boolean;
  readonly created_at: Instant;
  readonly figures: ModelFigures;
}

/** Every version, by name, the newest first. */
export async function listModels(queries: Queries, name?: string): Promise<ModelVersion[]> {
  const rows = await listModelRows(queries, name);
  const current = await findCurrent(queries, name);
  return rows.map((row) => toVersion(row, current.get(row.name) === row.id));
}

/** The key of the version of each model that scores: the one promoted last. */
async function findCurrent(queries: Queries, name?: string): Promise<ReadonlyMap<string, number>> {
  return new Map((await listPromotions(queries, name)).map((row) => [row.name, row.model_id]));
}

function toVersion(row: ModelRow, promoted: boolean): ModelVersion {
  return {
    ...row,
    promoted,
    beats_baseline: row.beats_baseline === 1,
    libraries: JSON.parse(row.libraries) as Record<string, string>,
    figures: JSON.parse(row.figures) as ModelFigures,
  };
}

/** A version of a model: the one asked for, else the newest. Throws `not_found`. */
export async function getModel(queries: Queries, name: string, version?: number): Promise<ModelVersion> {
  const versions = await listModels(queries, name);
  const found = version === undefined ? versions[0] : versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  if (versions.length > 0) {
    throw new ReferralError('not_found', `The model "${name}" has no version ${version}`, {
      reason: `it has ${versions.map((one) => one.version).join(', ')}`,
      hint: `See: referral segments models list --model ${name}`,
      details: { model: name, version },
    });
  }
  throw noModel(queries === undefined ? [] : (await listModelRows(queries)).map((row) => row.name), name);
}

/**
 * The version that scores: of the model asked for, else of the one promoted last. Throws `not_found` when there is no model yet,
 * `state_forbids` when none of its versions was promoted.
 */
export async function getScoringModel(
  queries: Queries,
  name: string | undefined,
  version?: number,
): Promise<ModelVersion> {
  if (name !== undefined && version !== undefined) return getModel(queries, name, version);
  const promotion = (await listPromotions(queries, name)).at(-1);
  if (promotion !== undefined) return getModel(queries, promotion.name, version ?? promotion.version);
  const rows = await listModelRows(queries);
  const known = rows.find((row) => row.name === (name ?? row.name));
  if (known === undefined)
    throw noModel(
      rows.map((row) => row.name),
      name,
    );
  throw new ReferralError('state_forbids', `No version of the model "${known.name}" was promoted`, {
    reason: known.beats_baseline === 1 ? 'it waits to be promoted' : 'it does not beat its baseline',
    hint: `Promote it: referral segments models promote ${known.name}${known.beats_baseline === 1 ? '' : ' --force'}; or score with one version: --model ${known.name} --version ${known.version}`,
    details: { model: known.name },
  });
}

function noModel(names: readonly string[], name: string | undefined): ReferralError {
  const train = 'Train one: referral segments train --from FILE --target COLUMN --id COLUMN';
  if (name === undefined || names.length === 0) {
    const what = name === undefined ? 'There is no model yet' : `There is no model "${name}"`;
    return new ReferralError('not_found', what, { hint: train });
  }
  return new ReferralError('not_found', `There is no model "${name}"`, {
    hint: didYouMean(name, [...new Set(names)], 'See: referral segments models list'),
    details: { model: name },
  });
}

/** The model of a version. Throws `input_unusable` when what is stored is not what was saved. */
export async function loadModel(queries: Queries, { id, name, version }: ModelVersion): Promise<Model> {
  const row = await getModelDocument(queries, id);
  const what = `The stored model "${name}", version ${version},`;
  if (sha256(row.document) !== row.sha256) {
    throw new ReferralError('input_unusable', `${what} is not as it was saved`, {
      reason: 'its digest differs',
      hint: `Go back to another version: referral segments models rollback ${name}; or train it again.`,
    });
  }
  return parseModel(row.document, what);
}

export interface NewModel {
  readonly name: string;
  readonly model: Model;
  readonly figures: ModelFigures;
  readonly seed: number;
  readonly rows: number;
  readonly data_sha256: string;
  readonly backend: string;
  readonly libraries: Readonly<Record<string, string>>;
}

interface Recording {
  readonly clock: Clock;
  readonly run: Run;
}

/** Saves a model as the next version of its name. Call it inside a transaction. */
export async function saveModel(
  transaction: Queries,
  { name, model, figures, seed, rows, data_sha256, backend, libraries }: NewModel,
  { clock, run }: Recording,
  action: 'models.trained' | 'models.imported' = 'models.trained',
): Promise<ModelVersion> {
  const [newest] = await listModelRows(transaction, name);
  const document = formatModel(model);
  const version = (newest?.version ?? 0) + 1;
  await insertModel(transaction, {
    ...{ name, version, document, seed, rows, data_sha256, backend },
    source: model.source,
    target: model.target.name,
    sha256: sha256(document),
    figures: canonicalJson(figures),
    libraries: canonicalJson(libraries),
    beats_baseline: figures.beats_baseline ? 1 : 0,
    created_at: clock.now(),
    run_id: run.id,
  });
  await appendAudit(transaction, clock, run, {
    action,
    subject: name,
    details: { version, sha256: sha256(document), beats_baseline: figures.beats_baseline },
  });
  return getModel(transaction, name, version);
}

/** Makes a version the one that scores. Throws `state_forbids` for one that does not beat its baseline, unless forced. */
export async function promoteModel(
  transaction: Queries,
  model: ModelVersion,
  {
    clock,
    run,
    force,
    action = 'promoted',
  }: Recording & {
    readonly force: boolean;
    readonly action?: 'promoted' | 'rolled_back';
  },
): Promise<ModelVersion> {
  const { id, name, version } = model;
  if (!model.beats_baseline && !force) {
    throw new ReferralError('state_forbids', `"${name}", version ${version}, is not promoted`, {
      reason: model.figures.verdict ?? 'it does not beat its baseline',
      hint: `Train it on more or better data, or take it as it is: referral segments models promote ${name} --version ${version} --force`,
      details: { model: name, version },
    });
  }
  const forced = model.beats_baseline ? 0 : 1;
  await insertPromotion(transaction, {
    ...{ model_id: id, action, forced, operator: run.operator, promoted_at: clock.now(), run_id: run.id },
  });
  await appendAudit(transaction, clock, run, {
    action: `models.${action}`,
    subject: name,
    details: { version, forced: forced === 1 },
  });
  return { ...model, promoted: true };
}

/** Goes back to the version that scored before the present one. Throws `state_forbids` when there was none. */
export async function rollBackModel(
  transaction: Queries,
  name: string,
  recording: Recording,
): Promise<ModelVersion> {
  await getModel(transaction, name);
  const promotions = await listPromotions(transaction, name);
  const earlier = findEarlier(promotions.map(({ version, action }) => ({ version, action })));
  if (earlier === undefined) {
    throw new ReferralError('state_forbids', `There is no earlier version of "${name}" to go back to`, {
      reason: promotions.length === 0 ? 'no version was promoted' : 'only one version was ever promoted',
      hint: `See: referral segments models list --model ${name}`,
    });
  }
  const model = await getModel(transaction, name, earlier);
  return promoteModel(transaction, model, { ...recording, force: true, action: 'rolled_back' });
}

/** Going back twice goes back two versions, not forth again. */
function findEarlier(promotions: readonly { version: number; action: string }[]): number | undefined {
  const stack: number[] = [];
  for (const { version, action } of promotions) {
    if (action === 'rolled_back') stack.pop();
    else if (stack.at(-1) !== version) stack.push(version);
  }
  return stack.at(-2);
}
