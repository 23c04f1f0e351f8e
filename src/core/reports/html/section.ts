import type { Format } from '../locale/create-format.ts';
import { ratio } from '../metrics.ts';
import { type Part, stackedBar } from './charts.ts';
import { type Html, html } from './html.ts';
import { tableBehind } from './tables.ts';

/** A part of the page with its heading, and a sentence about how to read it. */
export function section(title: string, lede: string, content: Html): Html {
  return html`<section><h2>${title}</h2>${lede === '' ? undefined : html`<p class="lede">${lede}</p>`}${content}</section>`;
}

/** What stands in the place of a picture of nothing. */
export function empty(text: string): Html {
  return html`<div class="panel"><p class="empty">${text}</p></div>`;
}

/** A part of a whole; hatched are those that nobody wishes for. */
export function part({ count }: Format, label: string, value: number, tone: number, hatched = false): Part {
  return { label, value, text: count(value), tone, hatched };
}

/** Parts of a whole as a bar and a table, or a sentence where there are none. */
export function partsOrEmpty(format: Format, label: string, parts: readonly Part[], none: string): Html {
  const { t } = format;
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  if (total === 0) return html`<p class="empty">${none}</p>`;
  return html`${stackedBar(`${label}: ${parts.map((one) => `${one.label} ${one.text}`).join(', ')}`, parts)}${tableBehind(
    format,
    label,
    [{ title: t.status }, { title: t.number, number: true }, { title: t.share, number: true }],
    parts.map((one) => [one.label, one.text, format.share(ratio(one.value, total))]),
  )}`;
}

/** A word with a capital letter: statuses of campaigns are written small in a table. */
export function statusOf({ t }: Format, status: string): string {
  return t.statuses[`campaign.${status}`] ?? t.statuses[status] ?? status;
}
