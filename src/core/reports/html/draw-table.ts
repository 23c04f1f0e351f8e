import { currencyExponent } from '../../money.ts';
import type { Format } from '../locale/create-format.ts';
import { columnTitle, type FormattedTable, formatCell } from '../locale/format-tables.ts';
import type { ReportColumn, TableReport, TableRow } from '../table-report.ts';
import { barChart, lineChart, type Part, stackedBar } from './charts.ts';
import { type Html, html } from './html.ts';

// More bars are a wall.
const MOST_BARS = 24;

interface Drawn {
  readonly label: string;
  /** Amounts below zero are drawn as none. */
  readonly value: number;
  readonly text: string;
}

/** The picture of a table with what it leaves out, or nothing where one would say no more than the table. */
export function drawTable(
  { title, source }: FormattedTable,
  { main_currency: currency, timezone }: TableReport,
  format: Format,
): Html | undefined {
  const find = (key: string | undefined): ReportColumn | undefined =>
    source.columns.find((column) => column.key === key);
  const [label, value] = [find(source.chart?.label), find(source.chart?.value)];
  if (source.chart === undefined || label === undefined || value === undefined) return undefined;
  const rows = source.rows.filter((row) => value.unit !== 'amount' || row['currency'] === currency);
  if (rows.length < 2) return undefined;
  const items = rows.map((row) => ({
    label: formatCell(label, row, format, timezone),
    value: Math.max(0, Number(row[value.key] ?? 0)),
    text: formatCell(value, row, format, timezone),
  }));
  const named = `${title}: ${columnTitle(value, format)}`;
  const note = rows.length < source.rows.length ? remark(format.t.otherCurrencies) : undefined;
  if (source.chart.kind === 'bars') return html`${largest(named, items, format)}${note}`;
  if (source.chart.kind === 'stack') return html`${stack(named, items)}${note}`;
  const dated = rows.filter((row) => row[label.key] !== null);
  return html`${line(named, dated, items.slice(0, dated.length), value, currency, format)}${note}`;
}

function largest(label: string, items: readonly Drawn[], { t, count }: Format): Html {
  if (items.length <= MOST_BARS) return barChart(label, items);
  const values = items.map(({ value }) => value).sort((a, b) => b - a);
  const least = values[MOST_BARS - 1] ?? 0;
  const shown = items.filter(({ value }) => value >= least).slice(0, MOST_BARS);
  return html`${barChart(label, shown)}${remark(t.largestDrawn(count(MOST_BARS)))}`;
}

function stack(label: string, items: readonly Drawn[]): Html {
  const parts: Part[] = items.map((item, index) => ({ ...item, tone: [0, 2, 4][index] ?? 4 }));
  return stackedBar(`${label}, ${items.map((item) => `${item.label} ${item.text}`).join(', ')}`, parts);
}

// Rows without a date come last and are left out.
function line(
  label: string,
  rows: readonly TableRow[],
  items: readonly Drawn[],
  value: ReportColumn,
  currency: string | null,
  format: Format,
): Html {
  const isAmount = value.unit === 'amount' && currency !== null;
  const title = columnTitle(value, format);
  // Sizes below the smallest unit of the currency are none.
  const digits = isAmount ? currencyExponent(currency) : 0;
  return html`<h3>${isAmount ? `${title}, ${currency}` : title}</h3>${lineChart({
    label,
    names: items.map((item) => item.label),
    values: rows.map((row) => Number(Number(row[value.key] ?? 0).toFixed(digits))),
    format: (size) => (isAmount ? format.shortAmount(size, currency) : format.count(size)),
  })}`;
}

function remark(text: string): Html {
  return html`<p class="remark">${text}</p>`;
}
