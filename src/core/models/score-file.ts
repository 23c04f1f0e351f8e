import type { CsvRecord } from '../csv/csv-file.ts';
import type { CsvInput } from '../csv/csv-input.ts';
import { openCsv } from '../csv/open-csv.ts';
import { ReferralError } from '../errors.ts';
import type { Backend } from './backend.ts';
import { createValueCollector } from './collect-values.ts';
import type { Model } from './model-document.ts';
import { assertColumn, LINE_NUMBER, type ReadingOptions } from './read-training-file.ts';
import { bandOf, listBands } from './score-bands.ts';
import { predictProbabilities } from './train-classifier.ts';
import type { TypedColumn } from './type-columns.ts';
import { type ColumnWatch, watchColumns } from './watch-columns.ts';

export interface ScoreFileOptions extends ReadingOptions {
  readonly backend: Backend;
  readonly model: Model;
  /** Its name, which the names of segments begin with. */
  readonly name: string;
  readonly input: CsvInput;
  /** The column of ids; `#` is the number of the line. */
  readonly id: string;
}

export interface ScoredRow {
  readonly id: string;
  /** A probability. */
  readonly score: number;
  /** `NAME_high`, `NAME_medium` or `NAME_low`. */
  readonly segment: string;
}

export interface FileScoring {
  /** The rows in the order of the file, in flat memory. May be read once. */
  readonly rows: AsyncIterable<readonly ScoredRow[]>;
  /** Final once `rows` has ended. */
  readonly counts: {
    scored: number;
    /** Rows with too many or too few cells. */
    refused: number;
    readonly segments: Record<string, number>;
  };
  /** What the model could not make anything of, for people; final once `rows` has ended. */
  warnings(): string[];
}

const BATCH = 4_096;

/** Scores the rows of a CSV file. Throws `input_unusable` for what is no CSV, and when a column of the model is not there. */
export async function scoreFile(options: ScoreFileOptions): Promise<FileScoring> {
  const { model, name, id } = options;
  const file = await openCsv(options.input, { ...options, batchSize: BATCH });
  if (id !== LINE_NUMBER) assertColumn(file.header, id);
  const missing = model.columns.filter((column) => !file.header.includes(column.name));
  if (missing.length > 0) {
    throw new ReferralError('input_unusable', `The file has not the columns that the model "${name}" reads`, {
      reason: `it lacks ${missing.map((column) => column.name).join(', ')}`,
      hint: `See what it reads: referral segments models show ${name}; give a file with these columns, or train a model on this one.`,
      details: { model: name, columns: missing.map((column) => column.name) },
    });
  }
  const segments = Object.fromEntries(listBands(name).map((band) => [band, 0]));
  const counts = { scored: 0, refused: 0, segments };
  const names = model.columns.map((column) => column.name);
  const places = names.map((column) => file.header.indexOf(column));
  const idPlace = file.header.indexOf(id);
  const watch = watchColumns(model);
  const collector = createValueCollector(model.columns, options.nothing);
  const take = (batch: readonly CsvRecord[]): ScoredRow[] => {
    const whole = batch.filter((record) => record.problem === undefined);
    counts.refused += batch.length - whole.length;
    for (const { cells } of whole) collector.add(places.map((place) => cells[place] ?? ''));
    const ids = whole.map(({ cells, line }) =>
      id === LINE_NUMBER ? String(line) : (cells[idPlace] ?? '').trim(),
    );
    return scoreBatch(options, collector.finish(), ids, counts, watch);
  };
  async function* scoreRows(): AsyncGenerator<readonly ScoredRow[]> {
    for await (const batch of file.batches) yield take(batch);
  }
  return { rows: scoreRows(), counts, warnings: watch.warnings };
}

function scoreBatch(
  { backend, model, name }: ScoreFileOptions,
  typed: readonly TypedColumn[],
  ids: readonly string[],
  counts: FileScoring['counts'],
  watch: ColumnWatch,
): ScoredRow[] {
  watch.add(typed);
  const columns = typed.map(({ column }) => column);
  const rows = Int32Array.from(ids.keys());
  const scores = predictProbabilities(backend, model.classifier, columns, rows);
  return ids.map((id, row) => {
    const score = scores[row] ?? 0;
    const segment = bandOf(name, model.classifier.bands, score);
    counts.scored += 1;
    counts.segments[segment] = (counts.segments[segment] ?? 0) + 1;
    return { id, score, segment };
  });
}
