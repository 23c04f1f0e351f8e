import stringWidth from 'string-width';
import { plainText } from './plain-text.ts';
import type { Cell, Column, Row } from './result.ts';

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}\.\d{3}Z$/;
const GAP = 2;

interface TableColumn {
  readonly title: string;
  readonly cells: readonly string[];
  readonly width: number;
  readonly right: boolean;
  readonly wide: boolean;
}

/**
 * Rows as an aligned table that fits `width`: first the columns that may be left out go, the last one first, then
 * long cells are shortened, widest column first. Times are shown to the minute, UTC.
 */
export function formatTable(columns: readonly Column[], rows: readonly Row[], width: number): string[] {
  const shown = leaveOutWide(
    columns.map((column) => measureColumn(column, rows)),
    width,
  );
  const widths = shown.map((column) => column.width);
  shrinkToFit(widths, width - GAP * (shown.length - 1));
  const line = (text: (column: TableColumn) => string): string =>
    shown
      .map((column, index) =>
        pad(shorten(text(column), widths[index] ?? 0), widths[index] ?? 0, column.right),
      )
      .join(' '.repeat(GAP))
      .trimEnd();
  return [line(({ title }) => title), ...rows.map((_, index) => line(({ cells }) => cells[index] ?? ''))];
}

function measureColumn(column: Column, rows: readonly Row[]): TableColumn {
  const title = column.title ?? column.key.replaceAll('_', ' ');
  const cells = rows.map((row) => plainText(row[column.key]).replace(INSTANT, '$1 $2'));
  return {
    title,
    cells,
    width: Math.max(stringWidth(title), ...cells.map((cell) => stringWidth(cell))),
    right: column.align === 'right' || isNumeric(column, rows),
    wide: column.wide === true,
  };
}

function leaveOutWide(columns: readonly TableColumn[], width: number): readonly TableColumn[] {
  const needed = columns.reduce((sum, column) => sum + column.width + GAP, -GAP);
  const last = columns.findLastIndex((column) => column.wide);
  return needed <= width || last < 0 ? columns : leaveOutWide(columns.toSpliced(last, 1), width);
}

/** An object as `key  value` lines. */
export function formatObject(data: object): string[] {
  const entries = Object.entries(data).filter(([, value]) => value !== null && value !== undefined);
  const keyWidth = Math.max(0, ...entries.map(([key]) => key.length));
  return entries.map(([key, value]) => `${key.replaceAll('_', ' ').padEnd(keyWidth)}  ${readable(value)}`);
}

function readable(value: Cell): string {
  if (typeof value === 'number') return groupDigits(value);
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(readablePart).join(', ');
  if (typeof value === 'object' && value !== null) return readablePart(value);
  return plainText(value);
}

function readablePart(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return plainText(value as Cell);
  const parts = Object.entries(value).map(([key, part]) => `${key} ${readablePart(part)}`);
  return parts.length === 0 ? '–' : parts.join(', ');
}

function groupDigits(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 10_000 ? value.toLocaleString('en-US') : String(value);
}

function isNumeric(column: Column, rows: readonly Row[]): boolean {
  if (column.align !== undefined || rows.length === 0) return false;
  return rows.every(
    (row) => ['number', 'undefined'].includes(typeof row[column.key]) || row[column.key] === null,
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

function shorten(text: string, width: number): string {
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
