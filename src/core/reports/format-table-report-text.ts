import { createFormat } from './locale/create-format.ts';
import { type FormattedTable, formatTables } from './locale/format-tables.ts';
import type { TableReport } from './table-report.ts';

/** A report of tables for a terminal: each with its title, columns aligned, numbers to the right. */
export function formatTableReportText(report: TableReport): string {
  const format = createFormat('en');
  const { contest_name, campaign, period, as_of, timezone } = report;
  const subject = [contest_name ?? 'All contests', ...(campaign === null ? [] : [campaign])].join(' · ');
  const heading = `${subject} · period ${period} · as of ${format.moment(as_of, timezone)} (${timezone})`;
  const tables = formatTables(report, format).filter(({ rows }) => rows.length > 0);
  return `${[heading, ...tables.map(aligned)].join('\n\n')}\n`;
}

function aligned({ title, columns, rows }: FormattedTable): string {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells
      .map((cell, index) =>
        columns[index]?.number === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()}`;
  return [title, line(columns.map((column) => column.title)), ...rows.map(line)].join('\n');
}
