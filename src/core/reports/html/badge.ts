import { type Format, NOTHING } from '../locale/create-format.ts';
import { type Html, html } from './html.ts';

/** Is a target reached? A sign and a word, so that colour alone says nothing. */
export function badge(met: boolean | null, { t }: Format): Html {
  if (met === null) return html`${NOTHING}`;
  return met
    ? html`<span class="badge met"><span aria-hidden="true">✓</span> ${t.reached}</span>`
    : html`<span class="badge missed"><span aria-hidden="true">✗</span> ${t.missed}</span>`;
}
