/** What the values of a column are, found from its data. */
export type ColumnKind = 'number' | 'time' | 'category';

/** Numbers, or times as milliseconds since the epoch; NaN where there is none. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number' | 'time';
  readonly values: Float64Array;
}

/** A level of each row, as its place in `levels`; -1 where there is none. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: 'category';
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** One typed column of a data set. */
export type Column = NumberColumn | CategoryColumn;

/** How many rows a column has. */
export function lengthOf(column: Column): number {
  return column.kind === 'category' ? column.codes.length : column.values.length;
}

/** How many rows of a column have no value. */
export function countMissing(column: Column): number {
  let missing = 0;
  if (column.kind === 'category') for (const code of column.codes) missing += code < 0 ? 1 : 0;
  else for (const value of column.values) missing += Number.isNaN(value) ? 1 : 0;
  return missing;
}

/** The column with its rows in another order, or only some of them. */
export function takeRows(column: Column, rows: Int32Array): Column {
  if (column.kind === 'category') {
    const codes = Int32Array.from(rows, (row) => column.codes[row] ?? -1);
    return { ...column, codes };
  }
  return { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN) };
}
