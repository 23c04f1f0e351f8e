import type { Format } from '../locale/create-format.ts';
import type { FormattedTable } from '../locale/format-tables.ts';
import { type Html, html } from './html.ts';

const SHADES = 5;
// Two years say who comes back; a page of ten years of months says nothing.
const MOST_ROWS = 24;

/** A table whose shares are shaded by their size; the numbers stand in it, so the shade says nothing alone. */
export function heatTable({ title, columns, rows: all, source }: FormattedTable, { t, count }: Format): Html {
  const rows = all.slice(-MOST_ROWS);
  const left = all.length - rows.length;
  const most = Math.max(
    ...source.rows.flatMap((row) =>
      source.columns.map(({ key, unit }) => (unit === 'share' ? Number(row[key] ?? 0) : 0)),
    ),
  );
  const shade = (row: number, column: number): string => {
    const found = source.columns[column];
    const value = found === undefined ? null : source.rows[left + row]?.[found.key];
    if (found?.unit !== 'share') return 'number';
    if (typeof value !== 'number' || value === 0 || most === 0) return 'number none';
    return `number heat-${Math.min(SHADES, Math.ceil((value / most) * SHADES))}`;
  };
  return html`<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table class="heat"><caption class="hidden">${title}</caption><thead><tr>${columns.map(
    (column, index) =>
      html`<th scope="col"${index === 0 ? undefined : html` class="number"`}>${column.title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (cells, row) =>
      html`<tr>${cells.map((cell, index) =>
        index === 0
          ? html`<th scope="row">${cell}</th>`
          : html`<td class="${shade(row, index)}">${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>${left > 0 ? html`<p class="remark">${t.latestShown(count(MOST_ROWS))}</p>` : undefined}`;
}
