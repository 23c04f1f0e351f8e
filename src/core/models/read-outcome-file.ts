import type { CsvInput } from '../csv/csv-input.ts';
import { openCsv } from '../csv/open-csv.ts';
import { ReferralError } from '../errors.ts';
import { createCellCollector } from './collect-cells.ts';
import { type Column, takeRows } from './columns.ts';
import type { Model } from './model-document.ts';
import { parseTarget } from './parse-target.ts';
import { assertColumn, type ReadingOptions } from './read-training-file.ts';
import { readColumns } from './type-columns.ts';
import { watchColumns } from './watch-columns.ts';

export interface OutcomeFileOptions extends ReadingOptions {
  readonly input: CsvInput;
  readonly model: Model;
  /** The column of outcomes; the model's target by default. */
  readonly target?: string | undefined;
  /** Rows that were read. */
  readonly onProgress?: ((rows: number) => void) | undefined;
}

/** Rows as a model reads them, and what became of each: 0 or 1. */
export interface NewerOutcomes {
  readonly columns: readonly Column[];
  readonly outcomes: Float32Array;
  /** What the model could not make anything of, for people. */
  readonly warnings: readonly string[];
}

const MOST_ROWS = 1_000_000;

/** Reads newer results with the columns of a model, as it reads them. Throws `input_unusable` for columns that are not there. */
export async function readOutcomeFile({
  input,
  model,
  target,
  onProgress,
  ...reading
}: OutcomeFileOptions): Promise<NewerOutcomes> {
  const name = target ?? model.target.name;
  const file = await openCsv(input, reading);
  for (const column of [...model.columns.map((one) => one.name), name]) assertColumn(file.header, column);
  const names = [...model.columns.map((column) => column.name), name];
  const places = names.map((column) => file.header.indexOf(column));
  const collector = createCellCollector(names, reading.nothing);
  for await (const batch of file.batches) {
    for (const { cells, problem } of batch) {
      if (problem === undefined && collector.rows < MOST_ROWS) {
        collector.add(places.map((place) => cells[place] ?? ''));
      }
    }
    onProgress?.(collector.rows);
  }
  const collected = collector.finish();
  const outcome = collected.at(-1);
  if (outcome === undefined) {
    throw new ReferralError('input_unusable', 'The file has no columns', {
      hint: 'Give a CSV with the columns that the model was trained on: referral segments models show --help',
    });
  }
  const { values } = parseTarget(outcome, model.target.positive);
  const rows = Int32Array.from([...values.keys()].filter((row) => !Number.isNaN(values[row] ?? 0)));
  const typed = readColumns(model.columns, collected);
  const watch = watchColumns(model);
  watch.add(typed);
  return {
    columns: typed.map(({ column }) => takeRows(column, rows)),
    outcomes: Float32Array.from(rows, (row) => values[row] ?? 0),
    warnings: watch.warnings(),
  };
}
