import stringWidth from 'string-width';
import { plainText } from './plain-text.ts';
import type { Cell, Column, Row } from './result.ts';

/** Rows as an aligned table that fits `width` columns; long cells are shortened, widest column first. */
export function formatTable(columns: readonly Column[], rows: readonly Row[], width: number): string[] {
  const titles = columns.map((column) => column.title ?? column.key.replaceAll('_', ' '));
  const cells = rows.map((row) => columns.map((column) => plainText(row[column.key])));
  const widths = titles.map((title, index) =>
    Math.max(stringWidth(title), ...cells.map((row) => stringWidth(row[index] ?? ''))),
  );
  shrinkToFit(widths, width - 2 * (columns.length - 1));
  const right = columns.map((column) => column.align === 'right' || isNumeric(column, rows));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => pad(shorten(text, widths[index] ?? 0), widths[index] ?? 0, right[index] ?? false))
      .join('  ')
      .trimEnd();
  return [line(titles), ...cells.map(line)];
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
