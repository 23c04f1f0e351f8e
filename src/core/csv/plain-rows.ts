import type { CsvRecord } from './csv-file.ts';

/**
 * Rows of a file as their bytes, and where in them each cell is. They are what most rows are: UTF-8, one line each, as many cells as the header has,
 * and quotes around whole cells if anywhere. Valid until more of the file is asked for.
 */
export interface PlainRows {
  readonly kind: 'plain';
  readonly bytes: Buffer;
  readonly rows: number;
  readonly columns: number;
  /** Of each cell, row by row, where it begins and where it ends, quotes included. */
  readonly places: Int32Array;
  /** The line of the first row. */
  readonly line: number;
}

/** The bytes of a row, without its line end. */
export function plainBytes({ bytes, places, columns }: PlainRows, row: number): Uint8Array {
  const base = 2 * columns * row;
  return bytes.subarray(places[base], places[base + 2 * columns - 1]);
}

/** The text of a cell, quotes resolved. */
export function plainText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  return bytes[start] === QUOTE ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** A row as the record that it would have been. */
export function plainRecord(rows: PlainRows, row: number): CsvRecord {
  const { bytes, places, columns, line } = rows;
  const base = 2 * columns * row;
  const cells = Array.from({ length: columns }, (_, cell) =>
    plainText(bytes, places[base + 2 * cell] ?? 0, places[base + 2 * cell + 1] ?? 0),
  );
  return {
    line: line + row,
    cells,
    raw: bytes.toString('utf8', places[base], places[base + 2 * columns - 1]),
  };
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;

/** Finds the cells of plain rows. */
export interface PlainScanner {
  /**
   * Looks at the bytes up to `end`, which follow a line end and end with one. Undefined where one of the rows is not plain, blank lines among them. What was
   * found before is no longer valid.
   */
  scan(bytes: Buffer, end: number, line: number): PlainRows | undefined;
}

/** A scanner for rows of so many columns; undefined where rows can't be told by their bytes. */
export function createPlainScanner(delimiter: string, columns: number): PlainScanner | undefined {
  const code = delimiter.charCodeAt(0);
  // Of one column a blank line may be a row of one empty cell or none at all.
  if (columns < 2 || delimiter.length !== 1 || code >= 0x80) return undefined;
  const stops = new Uint8Array(256);
  for (const stop of [code, LINE_FEED, CARRIAGE_RETURN, QUOTE]) stops[stop] = 1;
  let places = new Int32Array(0);

  function scan(bytes: Buffer, end: number, line: number): PlainRows | undefined {
    if (places.length < 2 * end) places = new Int32Array(2 * end);
    const rows = findCells({ bytes, end, code, stops, columns, places });
    return rows === undefined ? undefined : { kind: 'plain', bytes, rows, columns, places, line };
  }

  return { scan };
}

interface Search {
  readonly bytes: Buffer;
  readonly end: number;
  /** The delimiter. */
  readonly code: number;
  /** The bytes that mean something: 1 for each. */
  readonly stops: Uint8Array;
  readonly columns: number;
  readonly places: Int32Array;
}

/** Writes the places of all cells, and says of how many rows. */
function findCells({ bytes, end, code, stops, columns, places }: Search): number | undefined {
  let at = 0;
  let cells = 0;
  while (at < end) {
    const cellEnd = bytes[at] === QUOTE ? endOfQuoted(bytes, at) : endOfUnquoted(bytes, at, stops);
    places[2 * cells] = at;
    places[2 * cells + 1] = cellEnd;
    cells += 1;
    const isLast = cells % columns === 0;
    if (bytes[cellEnd] === code ? isLast : !isLast) return undefined;
    const length = isLast ? lineEndLength(bytes, cellEnd) : 1;
    if (length === 0) return undefined;
    at = cellEnd + length;
  }
  return cells / columns;
}

function lineEndLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LINE_FEED) return 1;
  return bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED ? 2 : 0;
}

/** Where a cell ends whose first byte is a quote: behind the closing one, or at its beginning where a line end comes first. */
function endOfQuoted(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (true) {
    const byte = bytes[at];
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) return start;
    if (byte === QUOTE) {
      if (bytes[at + 1] !== QUOTE) return at + 1;
      at += 1;
    }
    at += 1;
  }
}

/** Where a cell without quotes around it ends, or where it turns out to be a quoted one with blanks before it. */
function endOfUnquoted(bytes: Uint8Array, start: number, stops: Uint8Array): number {
  let at = start;
  while (true) {
    while (stops[bytes[at] ?? 0] === 0) at += 1;
    if (bytes[at] !== QUOTE || isBlank(bytes, start, at)) return at;
    at += 1;
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== SPACE && bytes[at] !== TAB) return false;
  }
  return true;
}
