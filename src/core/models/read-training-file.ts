import type { CsvFile, CsvRecord } from '../csv/csv-file.ts';
import type { CsvInput } from '../csv/csv-input.ts';
import { hashInput } from '../csv/hash-input.ts';
import { openCsv } from '../csv/open-csv.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import type { TrainingData } from './build-model.ts';
import { createChance } from './chance.ts';
import { type CellCollector, type CollectedColumn, createCellCollector } from './collect-cells.ts';
import { takeRows } from './columns.ts';
import { parseTarget, type Target } from './parse-target.ts';
import { type Split, splitBySeed, splitByTime } from './split-rows.ts';
import { findSchema, readColumn, type TypedColumn } from './type-columns.ts';

export interface ReadingOptions {
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly headerLine?: number | undefined;
  readonly nothing?: readonly string[];
}

export interface TrainingFileOptions extends ReadingOptions {
  readonly input: CsvInput;
  /** A second file that is only measured with; a part is held out of the first one otherwise. */
  readonly test?: CsvInput | undefined;
  readonly target: string;
  readonly positive?: string | undefined;
  /** The column of ids, which nothing is learned from. `#` and undefined: none. */
  readonly id?: string | undefined;
  /** Hold out the latest rows by this column. */
  readonly time?: string | undefined;
  readonly ignore: readonly string[];
  readonly seed: number;
  /** Rows of the file to learn from that were read. */
  readonly onProgress?: ((rows: number) => void) | undefined;
}

/** In place of a column of ids: the number of the line. */
export const LINE_NUMBER = '#';
/** What is held out. */
const HELD_OUT = 0.2;
// Beyond so many rows of the file a part of them is taken by chance: more would teach little and take memory.
const MOST_ROWS = 200_000;

/**
 * Reads a CSV file of past results to learn from: every column but target, id and ignored ones, typed by what is in it. Throws
 * `input_unusable` for what is no CSV, columns that are not there, and a target without two classes.
 */
export async function readTrainingFile(options: TrainingFileOptions): Promise<TrainingData> {
  const { target: targetName } = options;
  const input = hashInput(options.input);
  const file = await openCsv(input, options);
  const names = file.header;
  for (const name of [targetName, options.id, options.time, ...options.ignore]) {
    if (name !== undefined && name !== LINE_NUMBER) assertColumn(names, name);
  }
  const collector = createCellCollector(names, options.nothing);
  const counts = await collect(file, collector, { ...options, most: MOST_ROWS });
  const own = collector.rows;
  const test = options.test === undefined ? undefined : await openCsv(options.test, options);
  if (test !== undefined) await collectTest(test, names, collector, options);
  const collected = collector.finish();
  const target = parseTarget(named(collected, targetName), options.positive);
  const kept = Int32Array.from(
    [...target.values.keys()].filter((row) => !Number.isNaN(target.values[row] ?? Number.NaN)),
  );
  const outcomes = Float32Array.from(kept, (row) => target.values[row] ?? 0);
  const isFeature = ({ name }: CollectedColumn) =>
    ![targetName, options.id, options.time, ...options.ignore].includes(name);
  const columns = collected.filter(isFeature).map((column) => typed(column, kept));
  const split = splitOf(options, collected, kept, outcomes, test === undefined ? undefined : own);
  return {
    source: 'file',
    ...{ columns, outcomes, split },
    target: { name: targetName, positive: target.positive },
    data_sha256: input.sha256(),
    warnings: [
      ...warningsOf(counts, own, target, collector.rows - kept.length),
      ...adviseTime(options, columns),
    ],
  };
}

/** The column itself. Throws `input_unusable` with the nearest name. */
export function assertColumn(header: readonly string[], name: string): void {
  if (header.includes(name)) return;
  throw new ReferralError('input_unusable', `The file has no column "${name}"`, {
    reason: `its columns are ${header.slice(0, 30).join(', ')}${header.length > 30 ? ', …' : ''}`,
    hint: didYouMean(name, header, 'Name one of these.'),
    details: { column: name },
  });
}

function named(collected: readonly CollectedColumn[], name: string): CollectedColumn {
  const column = collected.find((one) => one.name === name);
  if (column === undefined) throw new TypeError(`the column ${name} was not collected`);
  return column;
}

function typed(collected: CollectedColumn, rows: Int32Array): TypedColumn {
  const read = readColumn(findSchema(collected), collected);
  return rows.length === collected.codes.length ? read : { ...read, column: takeRows(read.column, rows) };
}

interface Counts {
  readonly rows: number;
  readonly refused: number;
}

/** Every row that is one; of more than `most` as many, each with the same chance (reservoir sampling). */
async function collect(
  file: CsvFile,
  collector: CellCollector,
  { seed, most, onProgress }: Pick<TrainingFileOptions, 'seed' | 'onProgress'> & { readonly most: number },
): Promise<Counts> {
  const chance = createChance(seed, 'reservoir');
  let [rows, refused] = [0, 0];
  for await (const batch of file.batches) {
    for (const record of batch) {
      if (record.problem !== undefined) {
        refused += 1;
        continue;
      }
      rows += 1;
      if (collector.rows < most) collector.add(record.cells);
      else {
        const place = Math.floor(chance.next() * rows);
        if (place < most) collector.replace(place, record.cells);
      }
    }
    onProgress?.(rows);
  }
  return { rows, refused };
}

async function collectTest(
  test: CsvFile,
  names: readonly string[],
  collector: CellCollector,
  { id, time, ignore }: TrainingFileOptions,
): Promise<void> {
  const places = names.map((name) => test.header.indexOf(name));
  const needed = names.filter((name) => ![id, time, ...ignore].includes(name));
  const missing = needed.filter((name) => !test.header.includes(name));
  if (missing.length > 0) {
    throw new ReferralError(
      'input_unusable',
      'The file of --test has not the columns of the file to learn from',
      {
        reason: `it lacks ${missing.join(', ')}`,
        hint: 'Give a file with the same columns, or leave --test out.',
        details: { columns: missing },
      },
    );
  }
  let left = MOST_ROWS;
  for await (const batch of test.batches) {
    const whole = batch.filter((record: CsvRecord) => record.problem === undefined).slice(0, left);
    left -= whole.length;
    for (const { cells } of whole) collector.add(places.map((place) => cells[place] ?? ''));
  }
}

function splitOf(
  { seed, time }: TrainingFileOptions,
  collected: readonly CollectedColumn[],
  kept: Int32Array,
  outcomes: Float32Array,
  firstOfTest: number | undefined,
): Split {
  if (firstOfTest !== undefined) {
    const from = kept.findIndex((row) => row >= firstOfTest);
    const all = Int32Array.from(kept.keys());
    const cut = from === -1 ? all.length : from;
    return { train: all.slice(0, cut), test: all.slice(cut), by: 'file' };
  }
  if (time === undefined) return splitBySeed(outcomes, HELD_OUT, seed);
  const { column } = typed(named(collected, time), kept);
  if (column.kind !== 'category') return splitByTime(column.values, HELD_OUT);
  throw new ReferralError('input_unusable', `The column "${time}" holds no times`, {
    hint: 'Name a column of dates or times with --time, or leave it out to hold out rows by chance.',
  });
}

/** What will be scored comes later than what was learned from, so that is the honest way to measure. */
function adviseTime({ time, test }: TrainingFileOptions, columns: readonly TypedColumn[]): string[] {
  const dated = columns.find(({ column }) => column.kind === 'time');
  if (time !== undefined || test !== undefined || dated === undefined) return [];
  return [
    `"${dated.column.name}" holds times: if it says when the rest of the row was known, hold out the latest rows with --time "${dated.column.name}"`,
  ];
}

function* warningsOf(
  { rows, refused }: Counts,
  own: number,
  target: Target,
  withoutTarget: number,
): Generator<string> {
  if (refused > 0) yield `${refused} rows have too many or too few cells; they are left out`;
  if (rows > own) yield `the file has ${rows} rows, of which ${own} were drawn by chance to learn from`;
  if (withoutTarget > 0) yield `${withoutTarget} rows have no value in "${target.name}"; they are left out`;
  if (target.note !== undefined) yield target.note;
}
