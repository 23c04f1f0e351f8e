import { createFormat, type Format } from '../locale/create-format.ts';
import type { Locale } from '../locale/texts.ts';
import type { Report } from '../report.ts';
import { allFigures } from './all-figures.ts';
import { healthSection } from './health-section.ts';
import { type Html, html } from './html.ts';
import { keyCards } from './key-cards.ts';
import { mailSection } from './mail-section.ts';
import { page } from './page.ts';
import { comparisonSection, programSection } from './program-section.ts';
import { leaderboardSection, peopleSection, statusSection, wholeFunnel } from './sections.ts';
import { timeSection } from './time-section.ts';

/** The report as a page in a language. */
export function formatReportPage(report: Report, locale: Locale = 'en'): string {
  const format = createFormat(locale);
  return page(report.report, report, content(report, format), format);
}

function content(report: Report, format: Format): Html {
  if (report.report === 'funnel') return html`${wholeFunnel(report, format)}${statusSection(report, format)}`;
  if (report.report === 'trends') {
    return html`${keyCards(report, format)}
${timeSection(report, format)}
${comparisonSection(report, format)}
${mailSection(report, format)}`;
  }
  return html`${keyCards(report, format)}
${healthSection(report, format)}
${wholeFunnel(report, format)}
${timeSection(report, format)}
${comparisonSection(report, format)}
${statusSection(report, format)}
${leaderboardSection(report, format)}
${mailSection(report, format)}
${programSection(report, format)}
${peopleSection(report, format)}
${allFigures(report, format)}`;
}
