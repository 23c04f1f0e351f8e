import { createNothingCheck, parseText } from '../csv/parse-values.ts';

/** The cells of one column, each different text once. */
export interface CollectedColumn {
  readonly name: string;
  /** For each row the place of its text; -1 where there is none. */
  readonly codes: Int32Array;
  readonly texts: readonly string[];
}

export interface CellCollector {
  readonly rows: number;
  /** Takes a row: cells in the order of the names, blanks around them and spellings of nothing as CSV files have them. */
  add(cells: readonly string[]): void;
  /** Puts a row in the place of an earlier one. */
  replace(row: number, cells: readonly string[]): void;
  finish(): CollectedColumn[];
}

/** Collects rows of cells column by column. `nothing` are further spellings of an empty cell. */
export function createCellCollector(
  names: readonly string[],
  nothing: readonly string[] = [],
): CellCollector {
  const isNothing = createNothingCheck(nothing);
  const columns = names.map((name) => ({
    name,
    codes: new Int32Array(1_024),
    known: new Map<string, number>(),
  }));
  let rows = 0;
  const set = (row: number, cells: readonly string[]): void => {
    for (const [index, column] of columns.entries()) {
      if (row >= column.codes.length) column.codes = grown(column.codes);
      const cell = cells[index] ?? '';
      const text = isNothing(cell) ? undefined : parseText(cell);
      column.codes[row] = text === undefined ? -1 : codeOf(column.known, text);
    }
  };
  return {
    get rows() {
      return rows;
    },
    add(cells) {
      set(rows, cells);
      rows += 1;
    },
    replace: set,
    finish: () =>
      columns.map(({ name, codes, known }) => ({
        name,
        codes: codes.slice(0, rows),
        texts: [...known.keys()],
      })),
  };
}

function codeOf(known: Map<string, number>, text: string): number {
  const code = known.get(text);
  if (code !== undefined) return code;
  known.set(text, known.size);
  return known.size - 1;
}

function grown(codes: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(codes.length * 2);
  larger.set(codes);
  return larger;
}

/** How many rows have each text. */
export function countTexts({ codes, texts }: CollectedColumn): Float64Array {
  const counts = new Float64Array(texts.length);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
