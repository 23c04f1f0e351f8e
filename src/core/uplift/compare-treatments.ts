import { parseBoolean } from '../csv/parse-values.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import type { TrainingData } from '../models/build-model.ts';
import { type Column, takeRows } from '../models/columns.ts';
import { findLeak, findUselessColumn } from '../models/find-unfit-columns.ts';
import type { OnProgress } from '../progress.ts';
import { estimateUplift, FOLDS, type UpliftReport } from './estimate-uplift.ts';

export interface TreatmentOptions {
  /** The column that says who was treated, or how. */
  readonly treatment: string;
  /** Its value for who was not; found by itself where it says so. */
  readonly control: string | undefined;
  /** Columns to learn from although they look like ids or give the outcome away. */
  readonly keep: readonly string[];
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Parts that are done, of all treatments. */
  readonly onProgress?: OnProgress | undefined;
}

/** One treatment against the control. */
export interface TreatmentReport extends UpliftReport {
  readonly treatment: string;
  /** For people. */
  readonly verdict: string;
}

export interface UpliftResult {
  readonly target: string;
  readonly positive: string;
  readonly treatment: string;
  readonly control: string;
  readonly rows: number;
  readonly treatments: readonly TreatmentReport[];
  readonly left_out: readonly { readonly column: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly seed: number;
  readonly data_sha256: string;
}

// With fewer there is nothing to be learned about who differs from whom.
const FEWEST_OUTCOMES = 20;
const MOST_TREATMENTS = 10;
const NAMED_CONTROL = /^(?:no|non|none|control|placebo|untreated|hold-?out)\b/i;

/**
 * Who is moved by each treatment of a trial in which chance decided who gets it. Throws `input_unusable` for a column that is
 * not there or names no treatments, and for too few outcomes, `usage` where the control has to be named, `interrupted` by the signal.
 */
export async function compareTreatments(
  data: TrainingData,
  options: TreatmentOptions,
): Promise<UpliftResult> {
  const { treatment: name, seed, keep, onProgress } = options;
  const names = data.columns.map(({ column }) => column.name);
  const assigned = data.columns.find(({ column }) => column.name === name)?.column;
  if (assigned === undefined) {
    throw new ReferralError('input_unusable', `The file has no column "${name}" to tell who was treated`, {
      hint: didYouMean(name, names, 'Name one of its columns with --treatment.'),
      details: { column: name },
    });
  }
  const values = valuesOf(assigned);
  const levels = [...new Set(values.filter((value) => value !== undefined))].sort();
  const control = findControl(name, levels, options.control);
  const { used, leftOut } = chooseColumns(data, name, keep);
  const treatments: TreatmentReport[] = [];
  const others = levels.filter((level) => level !== control);
  let done = 0;
  const onFold = (): void => {
    throwIfAborted(options.signal);
    done += 1;
    onProgress?.(done, others.length * FOLDS);
  };
  for (const level of others) {
    treatments.push(await compareOne(data, values, used, { level, control, seed, onFold }));
  }
  return {
    ...{ target: data.target.name, positive: data.target.positive, treatment: name, control },
    ...{ rows: data.outcomes.length, treatments, left_out: leftOut, seed, data_sha256: data.data_sha256 },
    warnings: [
      ...data.warnings,
      ...leftOut.map(({ column, reason }) => `"${column}": ${reason}; it is left out`),
    ],
  };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new ReferralError('interrupted', 'The comparison was interrupted', {
    hint: 'Nothing was kept; run it again.',
  });
}

function valuesOf(column: Column): readonly (string | undefined)[] {
  if (column.kind === 'category') return Array.from(column.codes, (code) => column.levels[code]);
  return Array.from(column.values, (value) => (Number.isNaN(value) ? undefined : String(value)));
}

function findControl(name: string, levels: readonly string[], named: string | undefined): string {
  const list = levels.slice(0, MOST_TREATMENTS).join(', ');
  if (levels.length < 2 || levels.length > MOST_TREATMENTS) {
    throw new ReferralError('input_unusable', `The column "${name}" names no treatments`, {
      reason: `it has ${levels.length} values; it takes from 2 to ${MOST_TREATMENTS}, one of them for who got nothing`,
      hint: 'Name the column that says who was mailed, and how, with --treatment.',
    });
  }
  if (named !== undefined) {
    if (levels.includes(named)) return named;
    throw new ReferralError('usage', `No row has "${named}" in the column "${name}"`, {
      hint: `It has ${list}: name the one for who got nothing with --control.`,
    });
  }
  const found = levels.filter((level) => parseBoolean(level) === false || NAMED_CONTROL.test(level));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new ReferralError('usage', `Which value of "${name}" is for who got nothing?`, {
    hint: `It has ${list}: name one with --control.`,
  });
}

function chooseColumns(
  { columns, outcomes }: TrainingData,
  treatment: string,
  keep: readonly string[],
): { readonly used: readonly Column[]; readonly leftOut: readonly { column: string; reason: string }[] } {
  const rows = Int32Array.from(outcomes.keys());
  const used: Column[] = [];
  const leftOut: { column: string; reason: string }[] = [];
  for (const { column } of columns) {
    if (column.name === treatment) continue;
    const useless = findUselessColumn(column, rows);
    const unfit = useless ?? findLeak(column, outcomes, rows);
    const isKept = unfit === undefined || (keep.includes(column.name) && unfit.problem !== 'empty');
    if (isKept) used.push(column);
    else leftOut.push({ column: column.name, reason: unfit.reason });
  }
  if (used.length > 0) return { used, leftOut };
  throw new ReferralError('input_unusable', 'There is no column to learn from', {
    reason: leftOut.map(({ column, reason }) => `"${column}": ${reason}`).join('; '),
    hint: 'Add columns that say something about the customers before they were treated.',
  });
}

interface Comparison {
  readonly level: string;
  readonly control: string;
  readonly seed: number;
  readonly onFold: () => void;
}

async function compareOne(
  { outcomes, target }: TrainingData,
  values: readonly (string | undefined)[],
  columns: readonly Column[],
  { level, control, seed, onFold }: Comparison,
): Promise<TreatmentReport> {
  const rows = Int32Array.from(
    [...values.keys()].filter((row) => values[row] === level || values[row] === control),
  );
  const trial = {
    columns: columns.map((column) => takeRows(column, rows)),
    treated: Uint8Array.from(rows, (row) => (values[row] === level ? 1 : 0)),
    outcomes: Float32Array.from(rows, (row) => outcomes[row] ?? 0),
  };
  for (const [arm, name] of [control, level].entries()) {
    const own = [...rows.keys()].filter((place) => trial.treated[place] === arm);
    const did = own.reduce((sum, place) => sum + (trial.outcomes[place] ?? 0), 0);
    if (Math.min(did, own.length - did) >= FEWEST_OUTCOMES) continue;
    throw new ReferralError('input_unusable', `There are too few rows with "${name}" to learn from`, {
      reason: `of ${own.length}, ${did} have the outcome "${target.positive}"; it takes ${FEWEST_OUTCOMES} with and ${FEWEST_OUTCOMES} without it`,
      hint: 'Give a file with more rows.',
    });
  }
  const report = await estimateUplift(trial, seed, onFold);
  return { treatment: level, ...report, verdict: describe(level, report) };
}

function describe(level: string, { can_tell, effect }: UpliftReport): string {
  const isSure = Math.abs(effect.estimate) > 1.96 * effect.standard_error;
  const moved = isSure ? 'it moves people' : 'whether it moves people at all is not sure';
  const told = can_tell
    ? 'and some much more than others, whom these columns tell apart beyond chance'
    : 'but these columns do not tell beyond chance who is moved more: choose by something else, or mail everyone';
  return `${level}: ${moved}, ${told}`;
}
