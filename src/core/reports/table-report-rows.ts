import type { ReportRow } from './report-rows.ts';
import type { TableReport } from './table-report.ts';

/** Every figure of a report of tables as rows: the section is the table and what its row is about, the name the column. */
export function tableReportRows({ tables, ...head }: TableReport): ReportRow[] {
  const about = (
    ['period', 'period_from', 'period_to', 'contest', 'campaign', 'as_of', 'timezone'] as const
  ).map((name): ReportRow => ({ section: 'report', name, currency: null, value: head[name] }));
  const figures = tables.flatMap(({ key, columns, rows }) =>
    rows.flatMap((row) => {
      const [subject] = columns;
      const section = `${key}.${row[subject?.key ?? ''] ?? ''}`;
      const currency = typeof row['currency'] === 'string' ? row['currency'] : null;
      return columns
        .filter((column) => column !== subject && column.key !== 'currency')
        .map((column): ReportRow => ({ section, name: column.key, currency, value: plain(row[column.key]) }));
    }),
  );
  return [...about, ...figures];
}

function plain(value: string | number | boolean | null | undefined): string | number | null {
  return typeof value === 'boolean' ? String(value) : (value ?? null);
}
