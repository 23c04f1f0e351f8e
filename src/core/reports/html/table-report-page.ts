import { currencyExponent } from '../../money.ts';
import { createFormat, type Format } from '../locale/create-format.ts';
import { columnTitle, type FormattedTable, formatCell, formatTables } from '../locale/format-tables.ts';
import type { Locale } from '../locale/texts.ts';
import type { ReportColumn, TableChart, TableReport, TableRow } from '../table-report.ts';
import { barChart, lineChart, type Part, stackedBar } from './charts.ts';
import { heatTable } from './heat-table.ts';
import { type Html, html } from './html.ts';
import { page } from './page.ts';
import { empty, section } from './section.ts';
import { table, tableBehind } from './tables.ts';

// More bars than these are a list; the table has them all.
const MOST_BARS = 24;

/** A report of tables as a page in a language: a section each, with its picture and its table. */
export function formatTableReportPage(report: TableReport, locale: Locale = 'en'): string {
  const format = createFormat(locale);
  const sections = formatTables(report, format).map((one) => tableSection(one, report, format));
  return page(report.report, report, html`${sections}`, format);
}

function tableSection(formatted: FormattedTable, report: TableReport, format: Format): Html {
  const { title, lede, columns, rows, source } = formatted;
  if (rows.length === 0) return section(title, lede, empty(format.t.nothingFound));
  if (source.chart?.kind === 'heat')
    return section(title, lede, html`<div class="panel">${heatTable(formatted)}</div>`);
  const picture = source.chart === undefined ? undefined : drawChart(source.chart, formatted, report, format);
  if (picture === undefined)
    return section(title, lede, html`<div class="panel">${table(title, columns, rows)}</div>`);
  const currencies = new Set(source.rows.map((row) => row['currency']));
  const note = currencies.size > 1 ? html`<p class="remark">${format.t.otherCurrencies}</p>` : undefined;
  return section(
    title,
    lede,
    html`<div class="panel">${picture}${note}${tableBehind(format, title, columns, rows)}</div>`,
  );
}

function drawChart(
  chart: TableChart,
  { title, source }: FormattedTable,
  { main_currency, timezone }: TableReport,
  format: Format,
): Html | undefined {
  const find = (key: string): ReportColumn | undefined => source.columns.find((column) => column.key === key);
  const [label, value] = [find(chart.label), find(chart.value)];
  const rows = source.rows.filter((row) => value?.unit !== 'amount' || row['currency'] === main_currency);
  if (label === undefined || value === undefined || rows.length === 0) return undefined;
  const named = `${title}: ${columnTitle(value, format)}`;
  const items = rows.map((row) => ({
    label: formatCell(label, row, format, timezone),
    value: Math.max(0, Number(row[value.key] ?? 0)),
    text: formatCell(value, row, format, timezone),
  }));
  if (chart.kind === 'bars') return barChart(named, items.slice(-MOST_BARS));
  if (chart.kind === 'stack') {
    const parts: Part[] = items.map((item, index) => ({ ...item, tone: [0, 2, 4][index] ?? 4 }));
    return stackedBar(`${named}, ${items.map((item) => `${item.label} ${item.text}`).join(', ')}`, parts);
  }
  return drawLine(named, rows, value, items, main_currency, format);
}

function drawLine(
  label: string,
  rows: readonly TableRow[],
  value: ReportColumn,
  items: readonly { readonly label: string; readonly value: number }[],
  currency: string | null,
  format: Format,
): Html | undefined {
  if (currency === null) return undefined;
  // Sizes below the smallest unit of the currency are none.
  const digits = currencyExponent(currency);
  return html`<h3>${columnTitle(value, format)}, ${currency}</h3>${lineChart({
    label,
    from: items[0]?.label ?? '',
    to: items.at(-1)?.label ?? '',
    values: rows.map((row) => Number(Number(row[value.key] ?? 0).toFixed(digits))),
    format: (size) => format.shortAmount(size, currency),
  })}`;
}
