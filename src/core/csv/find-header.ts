import type { CsvRecord } from './csv-file.ts';

export interface HeaderPlace {
  /** Which of the rows is the header; those before it are a preamble. */
  readonly index: number;
  /** The rows begin with a row number that has no cell in the header at all, as R writes them. */
  readonly lacksIndexName: boolean;
}

const ROWS_COMPARED = 200;
const LONGEST_PREAMBLE = 20;
const VALUE = /^[+-]?[\d.,\s]+%?$|@|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/;

/**
 * Where the header is among the first rows of a file: the first one, unless titles, dates of the report and the like stand above a row
 * that is as wide as the data and names columns. Without a doubt only: otherwise it is the first row.
 */
export function findHeader(rows: readonly CsvRecord[]): HeaderPlace {
  const first = rows.slice(0, ROWS_COMPARED);
  const widths = first.map(widthOf);
  const usual = mostFrequent(widths.slice(Math.min(1, first.length - 1)));
  const index = usual < 2 ? 0 : findBelowPreamble(first, widths, usual);
  return { index, lacksIndexName: lacksIndexName(first.slice(index)) };
}

function findBelowPreamble(rows: readonly CsvRecord[], widths: readonly number[], usual: number): number {
  const limit = Math.min(LONGEST_PREAMBLE, rows.length - 1);
  for (let index = 0; index <= limit; index += 1) {
    if (!isTitle(rows, widths, index, usual))
      return index > 0 && !namesColumns(rows[index], usual) ? 0 : index;
  }
  return 0;
}

/** A line of fewer cells: at most half of what the data has, or set apart by a blank line. */
function isTitle(
  rows: readonly CsvRecord[],
  widths: readonly number[],
  index: number,
  usual: number,
): boolean {
  const filled = rows[index]?.cells.filter((cell) => cell.trim() !== '').length ?? 0;
  if (filled <= usual / 2) return true;
  const following = rows[index + 1];
  const isApart = following !== undefined && following.line > (rows[index]?.line ?? 0) + 1;
  return isApart && (widths[index] ?? 0) < usual && (widths[index + 1] ?? 0) >= usual;
}

function namesColumns(row: CsvRecord | undefined, usual: number): boolean {
  if (row === undefined || row.problem !== undefined) return false;
  const names = row.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  return names.length > usual / 2 && new Set(names).size > 1 && !names.some((name) => VALUE.test(name));
}

function lacksIndexName(rows: readonly CsvRecord[]): boolean {
  const [header, ...data] = rows;
  if (header === undefined || data.length < 2) return false;
  const start = Number(data[0]?.cells[0]);
  return (
    (start === 0 || start === 1) &&
    data.every(
      ({ cells }, index) =>
        cells.length === header.cells.length + 1 && cells[0]?.trim() === String(start + index),
    )
  );
}

/** How many cells a row has, empty ones at its end not counted. */
function widthOf({ cells }: CsvRecord): number {
  let width = cells.length;
  while (width > 0 && cells[width - 1]?.trim() === '') width -= 1;
  return width;
}

function mostFrequent(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  let best = 0;
  for (const [width, count] of counts) {
    const known = counts.get(best) ?? 0;
    if (count > known || (count === known && width > best)) best = width;
  }
  return best;
}
