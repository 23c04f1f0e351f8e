import type { FormattedTable } from '../locale/format-tables.ts';
import { type Html, html } from './html.ts';

const SHADES = 5;

/** A table whose shares are shaded by their size; the numbers stand in it, so the shade says nothing alone. */
export function heatTable({ title, columns, rows, source }: FormattedTable): Html {
  const most = Math.max(
    ...source.rows.flatMap((row) =>
      source.columns.map(({ key, unit }) => (unit === 'share' ? Number(row[key] ?? 0) : 0)),
    ),
  );
  const shade = (row: number, column: number): string => {
    const found = source.columns[column];
    const value = found === undefined ? null : source.rows[row]?.[found.key];
    if (found?.unit !== 'share' || typeof value !== 'number' || value === 0 || most === 0) return 'number';
    return `number heat-${Math.min(SHADES, Math.ceil((value / most) * SHADES))}`;
  };
  return html`<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table class="heat"><caption>${title}</caption><thead><tr>${columns.map(
    (column, index) =>
      html`<th scope="col"${index === 0 ? undefined : html` class="number"`}>${column.title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (cells, row) =>
      html`<tr>${cells.map((cell, index) =>
        index === 0
          ? html`<th scope="row">${cell}</th>`
          : html`<td class="${shade(row, index)}">${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}
