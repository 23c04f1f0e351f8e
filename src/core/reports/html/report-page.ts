import { formatMoment, NOTHING } from '../format-figures.ts';
import type { Report } from '../report.ts';
import { allFigures } from './all-figures.ts';
import { HATCH } from './charts.ts';
import { type Html, html } from './html.ts';
import { keyCards } from './key-cards.ts';
import {
  leaderboardSection,
  mailSection,
  peopleSection,
  statusSection,
  timeSection,
  wholeFunnel,
} from './sections.ts';
import { STYLE } from './style.ts';

/** The report as one self-contained page: no script, no request, the same bytes for the same report. */
export function formatReportPage(report: Report): string {
  const title = reportTitle(report);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} · referral report</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
${HATCH}
<header>
<p class="eyebrow">${eyebrow(report)}</p>
<h1>${title}</h1>
${meta(report)}
</header>
<main>
${keyCards(report)}
${wholeFunnel(report)}
${timeSection(report)}
${statusSection(report)}
${leaderboardSection(report)}
${mailSection(report)}
${peopleSection(report)}
${allFigures(report)}
</main>
<footer>
<p>Counted as of ${formatMoment(report.as_of, report.timezone)} (${report.timezone}). Amounts of different currencies are never added up. ${NOTHING} means that there is nothing to divide by.</p>
</footer>
</body>
</html>
`;
  return page.markup;
}

function reportTitle({ contest_name, campaign }: Report): string {
  const contest = contest_name ?? 'All contests';
  return campaign === null ? contest : `${contest}: ${campaign}`;
}

function eyebrow({ report }: Report): string {
  if (report === 'campaign') return 'Campaign report';
  return report === 'contest' ? 'Contest report' : 'Referral report';
}

function meta(report: Report): Html {
  const { period, period_from, period_to, as_of, timezone, contest } = report;
  const moment = (instant: string | null, open: string): string =>
    instant === null ? open : formatMoment(instant, timezone);
  const span =
    period_from === null && period_to === null
      ? 'from the beginning'
      : `${moment(period_from, 'the beginning')} to ${moment(period_to, 'now')}`;
  return html`<dl class="meta"><div><dt>Period</dt><dd>${period === 'all' ? 'All time' : `${period} (${span})`}</dd></div><div><dt>As of</dt><dd>${formatMoment(as_of, timezone)}</dd></div><div><dt>Time zone</dt><dd>${timezone}</dd></div>${
    contest === null ? undefined : html`<div><dt>Contest</dt><dd>${contest}</dd></div>`
  }</dl>`;
}
