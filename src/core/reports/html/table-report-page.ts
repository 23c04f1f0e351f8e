import { createFormat, type Format } from '../locale/create-format.ts';
import { type FormattedTable, figureTitle, formatCell, formatTables } from '../locale/format-tables.ts';
import type { Locale } from '../locale/texts.ts';
import type { TableReport } from '../table-report.ts';
import { badge } from './badge.ts';
import { drawTable } from './draw-table.ts';
import { heatTable } from './heat-table.ts';
import { type Html, html } from './html.ts';
import { page } from './page.ts';
import { empty, section } from './section.ts';
import { type PageRow, table, tableBehind } from './tables.ts';

/** A report of tables as a page in a language: a section each, with its picture and its table. */
export function formatTableReportPage(report: TableReport, locale: Locale = 'en'): string {
  const format = createFormat(locale);
  const tables = formatTables(report, format);
  const sections = tables.map((one) => tableSection(one, report, format));
  return page(report.report, report, html`${headline(report, format)}${sections}`, format);
}

function tableSection(formatted: FormattedTable, report: TableReport, format: Format): Html {
  const { title, lede, columns, rows, source } = formatted;
  if (rows.length === 0) return section(title, lede, empty(format.t.nothingFound));
  if (source.chart?.kind === 'heat')
    return section(title, lede, html`<div class="panel">${heatTable(formatted, format)}</div>`);
  const picture = drawTable(formatted, report, format);
  if (picture === undefined)
    return section(title, lede, html`<div class="panel">${plainTable(formatted, format)}</div>`);
  return section(
    title,
    lede,
    html`<div class="panel">${picture}${tableBehind(format, title, columns, rows)}</div>`,
  );
}

// The figures asked for first: amounts in the main currency, or rates.
const HEADLINES: Readonly<
  Partial<Record<TableReport['report'], readonly [table: string, figures: readonly string[]]>>
> = {
  revenue: ['money', ['revenue_net', 'program_cost', 'average_booking_referred', 'cost_per_acquired']],
  deliverability: ['rates', ['delivery_rate', 'bounce_rate', 'complaint_rate', 'click_rate']],
};

function headline(
  { report, tables, main_currency, timezone }: TableReport,
  format: Format,
): Html | undefined {
  const [key, figures] = HEADLINES[report] ?? [];
  const found = tables.find((one) => one.key === key);
  const value = found?.columns.find((column) => column.key === 'value');
  if (found === undefined || figures === undefined || value === undefined || found.rows.length === 0)
    return undefined;
  const facts = figures.map((name) => {
    const row = found.rows.find(
      ({ figure, currency }) => figure === name && (currency === undefined || currency === main_currency),
    );
    const title = figureTitle(name, value.unit === 'amount', format);
    const text = row === undefined ? '–' : formatCell(value, row, format, timezone);
    return html`<div class="fact"><dt>${title}</dt><dd>${text}</dd></div>`;
  });
  return html`<dl class="facts first">${facts}</dl>`;
}

// A figure in several currencies is one row, with a column for each.
function plainTable({ title, columns, rows, source }: FormattedTable, format: Format): Html {
  const [figure, currency, value] = source.columns;
  const isPivot = source.columns.length === 3 && figure?.unit === 'figure' && currency?.key === 'currency';
  if (!isPivot || value === undefined) return table(title, columns, withBadges(rows, source, format), false);
  const currencies = [...new Set(source.rows.map((row) => String(row['currency'])))];
  const names = [...new Set(source.rows.map((row) => String(row[figure.key])))];
  return table(
    title,
    [{ title: columns[0]?.title ?? '' }, ...currencies.map((one) => ({ title: one, number: true }))],
    names.map((name) => [
      figureTitle(name, true, format),
      ...currencies.map((one) => {
        const row = source.rows.find((cells) => cells[figure.key] === name && cells['currency'] === one);
        return row === undefined ? '–' : formatCell(value, row, format, 'UTC');
      }),
    ]),
    false,
  );
}

function withBadges(
  rows: FormattedTable['rows'],
  { columns, rows: values }: FormattedTable['source'],
  format: Format,
): PageRow[] {
  const met = columns.findIndex(({ key }) => key === 'met');
  return rows.map((cells, row) =>
    cells.map((cell, index) => {
      const value = index === met ? values[row]?.['met'] : undefined;
      return typeof value === 'boolean' ? badge(value, format) : cell;
    }),
  );
}
