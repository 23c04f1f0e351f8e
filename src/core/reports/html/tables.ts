import type { Format } from '../locale/create-format.ts';
import { type Html, html } from './html.ts';

export interface TableColumn {
  readonly title: string;
  readonly number?: boolean;
}

export type PageRow = readonly (string | Html)[];

/** A table whose first column names the row; wide ones scroll by themselves. */
export function table(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly PageRow[],
  captionShown = true,
): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption${captionShown ? undefined : html` class="hidden"`}>${caption}</caption><thead><tr>${columns.map(
    ({ title, number }) => html`<th scope="col"${numberClass(number)}>${title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) =>
        index === 0
          ? html`<th scope="row">${cell}</th>`
          : html`<td${numberClass(columns[index]?.number)}>${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}

/** The numbers behind a chart, folded away, and left out on paper, where the last section has every figure. */
export function tableBehind(
  { t }: Format,
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly PageRow[],
): Html {
  return html`<details><summary>${t.showTable}<span class="hidden">: ${caption}</span></summary>${table(caption, columns, rows)}</details>`;
}

function numberClass(number: boolean | undefined): Html | undefined {
  return number === true ? html` class="number"` : undefined;
}
