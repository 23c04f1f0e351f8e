import type { RowReject } from './row-plan.ts';

/** What came of the rows of an import so far: `rows` is the sum of created, updated, unchanged and rejected. */
export interface ImportTally {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  /** Rows of customers who were erased: they stay erased, and count as unchanged. */
  erased: number;
  /** How many updates changed which field. */
  readonly updated_fields: Record<string, number>;
  /** How many rows were refused for which column. */
  readonly rejected_columns: Record<string, number>;
}

/** A tally of nothing. */
export function createTally(): ImportTally {
  return {
    rows: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    erased: 0,
    updated_fields: {},
    rejected_columns: {},
  };
}

/** Counts a refused row. */
export function countReject(tally: ImportTally, { column = '(row)' }: RowReject): void {
  tally.rejected += 1;
  tally.rejected_columns[column] = (tally.rejected_columns[column] ?? 0) + 1;
}
