import type { Instant } from '../time.ts';

/** How the values of a column are read: a `figure` is the name of one, an `amount` is in the `currency` of its row. */
export type Unit = 'name' | 'figure' | 'count' | 'share' | 'points' | 'amount' | 'month' | 'moment' | 'yes';

export interface ReportColumn {
  readonly key: string;
  readonly unit: Unit;
}

export type ReportCell = string | number | boolean | null;
export type TableRow = Readonly<Record<string, ReportCell>>;

/** A picture of a column beside another; amounts only of the main currency. */
export interface TableChart {
  readonly kind: 'bars' | 'stack' | 'line' | 'heat';
  readonly label: string;
  readonly value: string;
}

export interface ReportTable {
  readonly key: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly TableRow[];
  readonly chart?: TableChart;
}

/** A report that is made of tables; every format shows the same ones. */
export interface TableReport {
  readonly report: 'revenue' | 'cohorts' | 'segments' | 'deliverability';
  readonly period: string;
  readonly period_from: Instant | null;
  readonly period_to: Instant | null;
  readonly contest: string | null;
  readonly contest_name: string | null;
  readonly campaign: string | null;
  readonly as_of: Instant;
  readonly timezone: string;
  readonly main_currency: string | null;
  readonly tables: readonly ReportTable[];
}

/** The document of `--json`: each table under its name, as a list of its rows. */
export function tableDocument({ tables, ...head }: TableReport): Readonly<Record<string, unknown>> {
  return { ...head, ...Object.fromEntries(tables.map(({ key, rows }) => [key, rows])) };
}

/** A column. */
export function column(key: string, unit: Unit): ReportColumn {
  return { key, unit };
}

/** Columns of numbers of things. */
export function counts(...keys: readonly string[]): ReportColumn[] {
  return keys.map((key) => column(key, 'count'));
}
