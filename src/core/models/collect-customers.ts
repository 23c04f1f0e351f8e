import type { Queries } from '../database/database.ts';
import { readFeatures } from '../features/read-features.ts';
import type { Cutoff } from '../features/targets.ts';
import { tellProgress } from '../progress.ts';
import { type CellCollector, type CollectedColumn, createCellCollector } from './collect-cells.ts';

/** Customers as they were at some times, and what they did then. */
export interface CollectedCustomers {
  readonly columns: readonly CollectedColumn[];
  /** 0 or 1 by row. */
  readonly outcomes: readonly number[];
  /** By row the place of the time in the list. */
  readonly times: readonly number[];
}

const TOLD_EVERY = 2_000;

/** Reads the features of the people of each cut-off as of its time: these columns, or all that there are. `onProgress` is told how many rows there are. */
export async function collectCustomers(
  snapshot: Queries,
  cutoffs: readonly Cutoff[],
  names?: readonly string[],
  onProgress?: (rows: number) => void,
): Promise<CollectedCustomers> {
  let columns = names;
  let collector: CellCollector | undefined;
  const outcomes: number[] = [];
  const times: number[] = [];
  for (const [index, cutoff] of cutoffs.entries()) {
    const wanted = columns === undefined ? {} : { columns };
    const table = await readFeatures(snapshot, cutoff.at, { population: cutoff, ...wanted });
    columns = table.columns;
    collector ??= createCellCollector(columns);
    for await (const { cells, outcome } of table.rows) {
      collector.add(cells.map((cell) => String(cell ?? '')));
      outcomes.push(outcome);
      times.push(index);
      if (times.length % TOLD_EVERY !== 0) continue;
      await tellProgress(onProgress, times.length);
    }
  }
  return { columns: collector?.finish() ?? [], outcomes, times };
}
