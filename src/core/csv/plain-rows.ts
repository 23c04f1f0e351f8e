import type { CsvRecord } from './csv-file.ts';

/**
 * Rows of a file as their bytes, and where in them each cell is. They are what most rows are: UTF-8, as many cells as the header has, and quotes around whole
 * cells if anywhere. Valid until more of the file is asked for.
 */
export interface PlainRows {
  readonly kind: 'plain';
  readonly bytes: Buffer;
  readonly rows: number;
  readonly columns: number;
  /** Of each cell, row by row, where it begins and where it ends, quotes included. */
  readonly places: Int32Array;
  /** The line on which each row begins. */
  readonly lines: Int32Array;
  /** The line behind them, and after how many bytes it begins. */
  readonly nextLine: number;
  readonly end: number;
}

/** The bytes of a row, without its line end. */
export function plainBytes({ bytes, places, columns }: PlainRows, row: number): Uint8Array {
  const base = 2 * columns * row;
  return bytes.subarray(places[base], places[base + 2 * columns - 1]);
}

/** The line on which a row begins. */
export function lineAt({ lines }: PlainRows, row: number): number {
  return lines[row] ?? 0;
}

/** The text of a cell, quotes resolved. */
export function plainText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  return bytes[start] === QUOTE ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** A row as the record that it would have been. */
export function plainRecord(rows: PlainRows, row: number): CsvRecord {
  const { bytes, places, columns } = rows;
  const base = 2 * columns * row;
  const cells = Array.from({ length: columns }, (_, cell) =>
    plainText(bytes, places[base + 2 * cell] ?? 0, places[base + 2 * cell + 1] ?? 0),
  );
  return {
    line: lineAt(rows, row),
    cells,
    raw: bytes.toString('utf8', places[base], places[base + 2 * columns - 1]),
  };
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;
// Where no place can be told: a quote is not closed in these bytes, or the row is not plain.
const OPEN = -1;
const ODD = -2;

/** Finds the cells of plain rows. */
export interface PlainScanner {
  /**
   * Looks at the bytes up to `end`, which follow a line end and end with one, and finds the rows that end in them. Undefined where one of these is not plain, blank
   * lines among them. What was found before is no longer valid.
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
  let lines = new Int32Array(0);

  function scan(bytes: Buffer, end: number, line: number): PlainRows | undefined {
    if (lines.length < end) {
      places = new Int32Array(2 * end);
      lines = new Int32Array(end);
    }
    const found: Found = { rows: 0, nextLine: line, end: 0 };
    const isPlain = findRows({ bytes, end, code, stops, columns, places, lines }, found);
    return isPlain ? { kind: 'plain', bytes, columns, places, lines, ...found } : undefined;
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
  readonly lines: Int32Array;
}

/** How far rows were found. */
interface Found {
  rows: number;
  nextLine: number;
  end: number;
}

/** Finds row after row; says whether all that end are plain. */
function findRows(search: Search, found: Found): boolean {
  const { bytes, end, lines } = search;
  while (found.end < end) {
    const rowEnd = findCells(search, found);
    if (rowEnd === OPEN) return true;
    const length = rowEnd === ODD ? 0 : lineEndLength(bytes, rowEnd);
    if (length === 0) return false;
    lines[found.rows] = found.nextLine;
    found.nextLine += 1 + countLineEnds(search, found.rows);
    found.rows += 1;
    found.end = rowEnd + length;
  }
  return true;
}

/** Writes the places of the cells of one row, and says where it ends; or that it is not plain, or goes on behind the bytes. */
function findCells(
  { bytes, end, code, stops, columns, places }: Search,
  { rows, end: start }: Found,
): number {
  let at = start;
  let place = 2 * columns * rows;
  for (let cell = 1; ; cell += 1) {
    const cellEnd = bytes[at] === QUOTE ? endOfQuoted(bytes, at, end) : endOfUnquoted(bytes, at, stops);
    if (cellEnd === OPEN) return OPEN;
    places[place] = at;
    places[place + 1] = cellEnd;
    place += 2;
    if (cell === columns) return cellEnd;
    if (bytes[cellEnd] !== code) return ODD;
    at = cellEnd + 1;
  }
}

/** How many line ends are in the quoted cells of a row. */
function countLineEnds({ bytes, columns, places }: Search, row: number): number {
  let count = 0;
  for (let place = 2 * columns * row; place < 2 * columns * (row + 1); place += 2) {
    const [start, end] = [places[place] ?? 0, places[place + 1] ?? 0];
    if (bytes[start] === QUOTE) count += countLineEndsIn(bytes, start, end);
  }
  return count;
}

function countLineEndsIn(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === LINE_FEED || (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] !== LINE_FEED)) count += 1;
  }
  return count;
}

function lineEndLength(bytes: Buffer, at: number): number {
  if (bytes[at] === LINE_FEED) return 1;
  return bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED ? 2 : 0;
}

/** Where a cell ends whose first byte is a quote: behind the closing one. */
function endOfQuoted(bytes: Buffer, start: number, end: number): number {
  let at = start + 1;
  while (at < end) {
    if (bytes[at] === QUOTE) {
      if (bytes[at + 1] !== QUOTE) return at + 1;
      at += 1;
    }
    at += 1;
  }
  return OPEN;
}

/** Where a cell without quotes around it ends, or where it turns out to be a quoted one with blanks before it. */
function endOfUnquoted(bytes: Buffer, start: number, stops: Uint8Array): number {
  let at = start;
  while (true) {
    while (stops[bytes[at] ?? 0] === 0) at += 1;
    if (bytes[at] !== QUOTE || isBlank(bytes, start, at)) return at;
    at += 1;
  }
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== SPACE && bytes[at] !== TAB) return false;
  }
  return true;
}
