import stringWidth from 'string-width';
import { bar } from '../../core/text-charts.ts';
import { createPalette, type Paint, type Palette, paintOf } from './palette.ts';
import { plainText } from './plain-text.ts';
import type { Cell, Column, Row } from './result.ts';

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}\.\d{3}Z$/;
const AMOUNT = /^-?\d+\.\d+$/;
const GAP = 2;
const BAR_WIDTH = 12;
const LEAST_WRAPPED = 20;
/** Values that say what becomes of what. */
const MAPPINGS: ReadonlySet<string> = new Set(['mapping', 'map', 'status_map']);
const DATE_WIDTH = 'YYYY-MM-DD'.length;

/** How a table is dressed up for a terminal; a file and a pipe get it plain. */
export interface TableStyle {
  readonly palette: Palette;
  /** Are bars drawn beside the columns that ask for them? */
  readonly bars: boolean;
}

const PLAIN: TableStyle = { palette: createPalette(false), bars: false };

interface TableColumn {
  readonly title: string;
  readonly cells: readonly string[];
  readonly width: number;
  readonly right: boolean;
  readonly wide: boolean;
  /** Are all cells times, whose time of day may be left out? */
  readonly times: boolean;
  readonly paints: readonly (Paint | undefined)[];
}

/**
 * Rows as an aligned table that fits `width`: first the columns that may be left out go, the last one first, then times become dates, then
 * long cells are shortened, widest column first. Times are shown to the minute, UTC.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
  style: TableStyle = PLAIN,
): string[] {
  const measured = columns.flatMap((column) => [
    measureColumn(column, rows, style.palette),
    ...(style.bars && column.bar === true ? [barColumn(column, rows)] : []),
  ]);
  const shown = leaveOutTimes(leaveOutWide(measured, width), width);
  const widths = shown.map((column) => column.width);
  shrinkToFit(widths, width - GAP * (shown.length - 1));
  const line = (text: (column: TableColumn) => string, row?: number): string =>
    shown
      .map((column, index) => {
        const cell = pad(shorten(text(column), widths[index] ?? 0), widths[index] ?? 0, column.right);
        return (row === undefined ? undefined : column.paints[row])?.(cell) ?? cell;
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    line(({ title }) => title),
    ...rows.map((_, index) => line(({ cells }) => cells[index] ?? '', index)),
  ];
}

/** A column without a title that shows the numbers of the one before it; the first to go where there is no room. */
function barColumn({ key }: Column, rows: readonly Row[]): TableColumn {
  const values = rows.map((row) => Number(row[key] ?? 0));
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  const cells = values.map((value) => bar(value, most, BAR_WIDTH));
  return { title: '', cells, width: BAR_WIDTH, right: false, wide: true, times: false, paints: [] };
}

function measureColumn(column: Column, rows: readonly Row[], palette: Palette): TableColumn {
  const title = column.title ?? column.key.replaceAll('_', ' ');
  const cells = rows.map((row) => plainText(row[column.key]).replace(INSTANT, '$1 $2'));
  return {
    title,
    cells,
    width: cells.reduce((widest, cell) => Math.max(widest, stringWidth(cell)), stringWidth(title)),
    right: column.align === 'right' || isNumeric(column, rows),
    wide: column.wide === true,
    times: cells.some((cell) => cell !== '') && rows.every((row) => isTime(row[column.key])),
    paints: rows.map((row) => paintOf(column.key, row[column.key], palette)),
  };
}

/** An empty cell is no hindrance. */
function isTime(cell: Cell): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && INSTANT.test(cell));
}

function neededWidth(columns: readonly TableColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width + GAP, -GAP);
}

function leaveOutWide(columns: readonly TableColumn[], width: number): readonly TableColumn[] {
  const last = columns.findLastIndex((column) => column.wide);
  return neededWidth(columns) <= width || last < 0
    ? columns
    : leaveOutWide(columns.toSpliced(last, 1), width);
}

function leaveOutTimes(columns: readonly TableColumn[], width: number): readonly TableColumn[] {
  const last = columns.findLastIndex((column) => column.times);
  const column = columns[last];
  if (neededWidth(columns) <= width || column === undefined) return columns;
  const cells = column.cells.map((cell) => cell.slice(0, DATE_WIDTH));
  const dates = { ...column, cells, width: Math.max(DATE_WIDTH, stringWidth(column.title)), times: false };
  return leaveOutTimes(columns.with(last, dates), width);
}

/** An object as `key  value` lines; a value that does not fit `width` goes on below itself. */
export function formatObject(
  data: object,
  width = Number.POSITIVE_INFINITY,
  palette: Palette = PLAIN.palette,
): string[] {
  const entries = Object.entries(data).filter(([, value]) => value !== null && value !== undefined);
  const keyWidth = Math.max(0, ...entries.map(([key]) => key.length));
  return entries.flatMap(([key, value]) => {
    const paint = paintOf(key, value, palette) ?? ((text: string) => text);
    const lines = wrapText(
      MAPPINGS.has(key) ? mappingText(value) : readable(value),
      Math.max(LEAST_WRAPPED, width - keyWidth - GAP),
    );
    return lines.map(
      (line, index) => `${(index === 0 ? key.replaceAll('_', ' ') : '').padEnd(keyWidth)}  ${paint(line)}`,
    );
  });
}

/** Broken at blanks so that no line is wider than `width`, wide characters counted as such; a longer word stays whole. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(' ')) {
    const longer: string = line === undefined ? word : `${line} ${word}`;
    if (line === undefined || stringWidth(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line ?? ''];
}

/** `Klantnummer → customer_id, email`; what is left out goes nowhere. */
function mappingText(value: Cell): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return readable(value);
  const parts = Object.entries(value).map(([from, to]) =>
    from === to ? from : `${from} → ${readablePart(to)}`,
  );
  return parts.length === 0 ? '–' : parts.join(', ');
}

function readable(value: Cell): string {
  if (typeof value === 'number') return groupDigits(value);
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(readablePart).join(', ');
  if (typeof value === 'object' && value !== null) return readablePart(value);
  return plainText(value);
}

function readablePart(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return plainText(value as Cell);
  const parts = Object.entries(value).map(([key, part]) => `${key} ${readablePart(part)}`);
  return parts.length === 0 ? '–' : parts.join(', ');
}

function groupDigits(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 10_000 ? value.toLocaleString('en-US') : String(value);
}

function isNumeric(column: Column, rows: readonly Row[]): boolean {
  if (column.align !== undefined || rows.length === 0) return false;
  // Amounts are texts with decimals; digits alone may be somebody's key.
  return rows.every(({ [column.key]: cell }) =>
    typeof cell === 'string'
      ? AMOUNT.test(cell)
      : typeof cell === 'number' || cell === undefined || cell === null,
  );
}

function shrinkToFit(widths: number[], available: number): void {
  const least = 6;
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const current = widths[widest] ?? 0;
    if (current <= least) return;
    widths[widest] = current - 1;
    excess -= 1;
  }
}

/** Cut to `width` columns of a terminal, with an ellipsis where something is missing. */
export function shorten(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let short = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(short + segment) > width - 1) break;
    short += segment;
  }
  return `${short}…`;
}

function pad(text: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return right ? blanks + text : text + blanks;
}
