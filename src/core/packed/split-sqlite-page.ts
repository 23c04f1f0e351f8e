import type { PackedRows } from './packed-rows.ts';

/** Bytes that no UTF-8 text holds: between cells, between rows, and in place of null. */
export const CELL_END = 0xff;
export const ROW_END = 0xfe;
export const NULL_CELL = 0xfd;

/**
 * The cells of rows that SQLite joined with those bytes, a `ROW_END` after the last; undefined when a value has one of them and the
 * cells can't be told apart. `places` is used again, or a larger one in its stead.
 */
export function splitSqlitePage(
  bytes: Buffer,
  rows: number,
  columns: number,
  places: Int32Array,
): PackedRows | undefined {
  const wanted = rows * columns * 2;
  const list = places.length < wanted ? new Int32Array(wanted) : places;
  let place = 0;
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 1; column <= columns; column += 1) {
      const start = at;
      at = findSeparator(bytes, start);
      if ((bytes[at] === ROW_END) !== (column === columns)) return undefined;
      list[place] = start;
      list[place + 1] = at === start + 1 && bytes[start] === NULL_CELL ? -1 : at;
      place += 2;
      at += 1;
    }
  }
  return at === bytes.length ? { bytes, places: list, rows } : undefined;
}

function findSeparator(bytes: Buffer, start: number): number {
  let at = start;
  while ((bytes[at] ?? ROW_END) < ROW_END) at += 1;
  return at;
}
