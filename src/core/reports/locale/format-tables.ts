import type { ReportColumn, ReportTable, TableReport, TableRow } from '../table-report.ts';
import { type Format, NOTHING } from './create-format.ts';

/** A table whose every cell is a text. */
export interface FormattedTable {
  readonly key: string;
  readonly title: string;
  readonly lede: string;
  readonly columns: readonly { readonly title: string; readonly number: boolean }[];
  readonly rows: readonly (readonly string[])[];
  readonly source: ReportTable;
}

/** Every table of a report in the words and numbers of a language. */
export function formatTables({ report, tables, timezone }: TableReport, format: Format): FormattedTable[] {
  return tables.map((source) => {
    const { key, columns, rows } = source;
    const [title, lede] = format.t.tables[`${report}.${key}`] ?? [key, ''];
    return {
      ...{ key, title, lede, source },
      columns: columns.map((column) => ({ title: columnTitle(column, format), number: isNumber(column) })),
      rows: rows.map((row) => columns.map((column) => formatCell(column, row, format, timezone))),
    };
  });
}

/** A cell as people read it. */
export function formatCell(
  { key, unit }: ReportColumn,
  row: TableRow,
  format: Format,
  timezone: string,
): string {
  const value = row[key];
  if (value === null || value === undefined) return unit === 'month' ? format.t.unknown : NOTHING;
  switch (unit) {
    case 'figure':
      return figureTitle(String(value), row['currency'] !== undefined, format);
    case 'count':
    case 'points':
      return format.count(Number(value));
    case 'share':
      return key === 'change' ? format.change(Number(value)) : format.share(Number(value));
    case 'amount':
      return format.amount(String(value), String(row['currency']));
    case 'month':
      return format.date(String(value));
    case 'moment':
      return format.moment(String(value), timezone);
    case 'yes':
      return value === true ? format.t.yes : format.t.no;
    case 'name':
      return key === 'segment' ? String(value).replaceAll('_', ' ') : String(value);
  }
}

/** What people see above a column. */
export function columnTitle({ key }: ReportColumn, { t, count }: Format): string {
  const [, month] = /^month_(\d+)$/.exec(key) ?? [];
  if (month !== undefined) return `+${count(Number(month))}`;
  return t.columns[key] ?? key;
}

/** What people call a figure; `inMoney` where an amount has the name of a count. */
export function figureTitle(name: string, inMoney: boolean, { t }: Format): string {
  const lists: readonly Readonly<Record<string, string>>[] = inMoney
    ? [t.money, t.averages, t.columns]
    : [t.rates, t.program, t.totals, t.averages];
  return lists.find((titles) => Object.hasOwn(titles, name))?.[name] ?? name;
}

function isNumber({ unit }: ReportColumn): boolean {
  return unit === 'count' || unit === 'points' || unit === 'share' || unit === 'amount';
}
