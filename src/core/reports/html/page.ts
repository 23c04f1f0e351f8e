import type { Instant } from '../../time.ts';
import { type Format, NOTHING } from '../locale/create-format.ts';
import type { ReportKind } from '../locale/texts.ts';
import { HATCH } from './charts.ts';
import { type Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** What every report says about itself. */
export interface PageHead {
  readonly period: string;
  readonly period_from: Instant | null;
  readonly period_to: Instant | null;
  readonly contest: string | null;
  readonly contest_name: string | null;
  readonly campaign: string | null;
  readonly as_of: Instant;
  readonly timezone: string;
}

/** One self-contained page: no script, no request, the same bytes for the same report. */
export function page(kind: ReportKind, head: PageHead, main: Html, format: Format): string {
  const { t, locale } = format;
  const contest = head.contest_name ?? t.allContests;
  const title = head.campaign === null ? contest : `${contest}: ${head.campaign}`;
  const document = html`<!DOCTYPE html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} · ${t.kinds[kind]}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body class="${kind}">
${HATCH}
<header>
<p class="eyebrow">${t.kinds[kind]}</p>
<h1>${title}</h1>
${meta(head, format, kind === 'standings')}
</header>
<main>
${main}
</main>
<footer>
<p>${foot(kind, head, format)}</p>
</footer>
</body>
</html>
`;
  return document.markup;
}

// Who looks at standings sees no amounts and no rates.
function foot(kind: ReportKind, { as_of, timezone }: PageHead, { t, moment }: Format): string {
  if (kind === 'standings') return `${t.asOf} ${moment(as_of, timezone)} (${timezone})`;
  return t.footer(moment(as_of, timezone), timezone, NOTHING);
}

function meta(
  { period, period_from, period_to, as_of, timezone }: PageHead,
  format: Format,
  brief: boolean,
): Html {
  const { t } = format;
  const moment = (instant: string | null, open: string): string =>
    instant === null ? open : format.moment(instant, timezone);
  const span = t.span(moment(period_from, t.theBeginning), moment(period_to, t.now));
  const when = html`<div><dt>${t.asOf}</dt><dd>${format.moment(as_of, timezone)}</dd></div>`;
  if (brief) return html`<dl class="meta">${when}</dl>`;
  const shown = period_from === null && period_to === null ? t.allTime : span;
  return html`<dl class="meta"><div><dt>${t.period}</dt><dd>${period === 'all' ? t.allTime : shown}</dd></div>${when}<div><dt>${t.timezone}</dt><dd>${timezone}</dd></div></dl>`;
}
