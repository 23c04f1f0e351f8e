import { createChance, shuffledRows } from './chance.ts';

/** Rows to learn from, and rows that are only looked at to measure. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly by: 'seed' | 'time' | 'file';
}

/** Holds out a share of the rows by chance, of both outcomes alike. */
export function splitBySeed(target: Float32Array, share: number, seed: number): Split {
  const order = shuffledRows(target.length, createChance(seed, 'held out'));
  const test = new Set<number>();
  for (const outcome of [0, 1]) {
    const rows = order.filter((row) => Math.round(target[row] ?? 0) === outcome);
    for (const row of rows.subarray(0, Math.max(1, Math.round(rows.length * share)))) test.add(row);
  }
  return { ...divide(target.length, (row) => test.has(row)), by: 'seed' };
}

/** Holds out the latest rows: what was learned from the past is measured on what came after. Rows without a time are learned from. */
export function splitByTime(times: Float64Array, share: number): Split {
  const sorted = times.filter((time) => !Number.isNaN(time)).sort();
  const from = sorted[Math.floor(sorted.length * (1 - share))] ?? Number.POSITIVE_INFINITY;
  return { ...divide(times.length, (row) => (times[row] ?? Number.NaN) >= from), by: 'time' };
}

function divide(rows: number, isTest: (row: number) => boolean): Omit<Split, 'by'> {
  const [train, test]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row += 1) (isTest(row) ? test : train).push(row);
  return { train: Int32Array.from(train), test: Int32Array.from(test) };
}
