import { type DateOrder, decideDateOrder, parseDate } from '../csv/parse-date.ts';
import { type DecimalMark, decideDecimalMark, parseDecimalText } from '../csv/parse-decimal.ts';
import { type CollectedColumn, countTexts } from './collect-cells.ts';
import type { Column, ColumnKind } from './columns.ts';

/** How the texts of a column are read; a part of the model, so that a later file is read in the same way. */
export interface ColumnSchema {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The decimal sign of numbers, where the data gave it away. */
  readonly decimal_mark?: DecimalMark | undefined;
  /** The order of day and month, where the data gave it away. */
  readonly date_order?: DateOrder | undefined;
}

export interface TypedColumn {
  readonly schema: ColumnSchema;
  readonly column: Column;
  /** Rows with a text that is no number, or no time, in a column of them: they count as missing. */
  readonly unreadable: number;
  /** Rows with a number that is infinite, or nearly so: they count as missing. */
  readonly infinite: number;
}

// A column of numbers or times may have so many other texts, such as "unknown" or "n.a. yet".
const TOLERATED = 0.02;
const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?(?:inf|infinity|∞)$/i;
// Squares and sums of larger numbers would be infinite.
export const LARGEST = 1e100;
// A number is not written with zeros before it: these are codes.
const CODE = /^0\d/;

/** Finds what the values of a column are: numbers, times, or categories. */
export function findSchema(collected: CollectedColumn): ColumnSchema {
  const { name, texts } = collected;
  const counts = countTexts(collected);
  const fits = (reads: (text: string) => boolean): boolean => {
    let [present, unread] = [0, 0];
    for (const [code, text] of texts.entries()) {
      present += counts[code] ?? 0;
      if (!reads(text)) unread += counts[code] ?? 0;
    }
    return present > 0 && unread <= present * TOLERATED;
  };
  const decimalMark = decideDecimalMark(texts);
  const isNumber = (text: string) => INFINITE.test(text) || parseNumber(text, decimalMark) !== undefined;
  if (!texts.some((text) => CODE.test(text)) && fits(isNumber)) {
    return { name, kind: 'number', ...(decimalMark === undefined ? {} : { decimal_mark: decimalMark }) };
  }
  const dateOrder = decideDateOrder(texts);
  if (fits((text) => !Number.isNaN(parseTime(text, dateOrder)))) {
    return { name, kind: 'time', ...(dateOrder === undefined ? {} : { date_order: dateOrder }) };
  }
  return { name, kind: 'category' };
}

/** Reads the columns of a model as it reads them, in its order. */
export function readColumns(
  schemas: readonly ColumnSchema[],
  collected: readonly CollectedColumn[],
): TypedColumn[] {
  return schemas.flatMap((schema, index) => {
    const column = collected[index];
    return column === undefined ? [] : [readColumn(schema, column)];
  });
}

/** Reads the texts of a column as its schema says. */
export function readColumn(schema: ColumnSchema, { codes, texts }: CollectedColumn): TypedColumn {
  const { name, kind } = schema;
  if (kind === 'category') {
    return { schema, column: { name, kind, codes, levels: texts }, unreadable: 0, infinite: 0 };
  }
  const numbers = texts.map((text) => readNumber(schema, text));
  const counts = { unreadable: 0, infinite: 0 };
  const values = Float64Array.from(codes, (code) => {
    if (code < 0) return Number.NaN;
    const value = numbers[code] ?? Number.NaN;
    if (Number.isNaN(value)) counts.unreadable += 1;
    else if (Math.abs(value) > LARGEST) counts.infinite += 1;
    return Math.abs(value) <= LARGEST ? value : Number.NaN;
  });
  return { schema, column: { name, kind, values }, ...counts };
}

/** The number, or time in milliseconds, that a text says as its schema reads it; NaN where it says none. */
export function readNumber({ kind, decimal_mark, date_order }: ColumnSchema, text: string): number {
  if (kind === 'time') return parseTime(text, date_order);
  if (INFINITE.test(text)) return Number.POSITIVE_INFINITY;
  return parseNumber(text, decimal_mark) ?? Number.NaN;
}

function parseNumber(text: string, mark: DecimalMark | undefined): number | undefined {
  if (mark !== ',' && PLAIN_NUMBER.test(text)) return Number(text);
  const decimal = parseDecimalText(text.endsWith('%') ? text.slice(0, -1).trim() : text, mark);
  return decimal === undefined ? undefined : Number(decimal);
}

/** Milliseconds since the epoch; NaN where it is no time. A number alone is none. */
function parseTime(text: string, order: DateOrder | undefined): number {
  if (PLAIN_NUMBER.test(text)) return Number.NaN;
  return Date.parse(parseDate(text, order ?? 'dmy'));
}
