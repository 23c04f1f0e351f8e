import { HtmlValidate } from 'html-validate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CHROMIUM,
  findViolations,
  type LookAtPages,
  lookAtPages,
  type View,
  widthOf,
} from '../../../../test/browser.ts';
import { compareScreenshot } from '../../../../test/compare-screenshot.ts';
import { exampleReport } from '../../../../test/example-report.ts';
import { exampleTableReports } from '../../../../test/example-table-reports.ts';
import { LOCALES } from '../locale/texts.ts';
import { formatReportPage } from './report-page.ts';
import { formatStandingsPage } from './standings-page.ts';
import { formatTableReportPage } from './table-report-page.ts';

const PAGES: Readonly<Record<string, string>> = {
  summary: formatReportPage(exampleReport),
  trends: formatReportPage({ ...exampleReport, report: 'trends' }, 'fr'),
  funnel: formatReportPage({ ...exampleReport, report: 'funnel' }, 'es'),
  standings: formatStandingsPage(exampleReport, exampleReport.leaderboard, 'nl'),
  ...Object.fromEntries(
    exampleTableReports.map((report) => [report.report, formatTableReportPage(report, 'de')]),
  ),
};
const VIEWS: readonly View[] = [390, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);
const GOLDEN = ['summary', 'revenue', 'standings'];
// Of the pixels at a third of the size: antialiasing differs a little between versions of Chromium.
const TOLERANCE = 0.005;

function isDiagonal({ width, scheme }: View): boolean {
  return (width === 390) === (scheme === 'light');
}

describe('a page', () => {
  it.each(Object.keys(PAGES))('%s is valid HTML', async (name) => {
    const validator = new HtmlValidate({
      extends: ['html-validate:standard'],
      // Titles are what the operator calls a contest; blanks at the end of a line are no error of HTML.
      rules: { 'long-title': 'off', 'no-trailing-whitespace': 'off' },
    });
    const { results } = await validator.validateString(PAGES[name] ?? '');
    const messages = results.flatMap((result) => result.messages);
    expect(messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`)).toEqual([]);
  });

  it('has every text in every language', () => {
    const pages = LOCALES.map((locale) => formatReportPage(exampleReport, locale));
    expect(new Set(pages).size).toBe(LOCALES.length);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`<html lang="${LOCALES[index]}">`);
      expect(page).not.toMatch(/undefined|NaN|\[object/);
    }
    // What a Dutch, German, French or Spanish reader would stumble over.
    for (const page of pages.slice(1))
      expect(page).not.toMatch(/>(?:Click rate|Leaderboard|Show as a table|Approved|All figures)</);
  });

  it('shows the standings without an id or an address', () => {
    expect(PAGES['standings']).not.toContain('C-0001');
    expect(PAGES['standings']).not.toMatch(/\S@\S+\.\S/);
    expect(PAGES['standings']).toContain('&lt;/svg&gt;&lt;b&gt;Anna');
  });
});

describe.skipIf(CHROMIUM === undefined)('every page in Chromium', () => {
  let pages: LookAtPages;
  beforeAll(async () => {
    pages = await lookAtPages();
  }, 120_000);
  afterAll(() => pages?.close());

  it.each(VIEWS)(
    'fits, is accessible, asks for nothing and looks as it did at $width px, $scheme',
    async (view) => {
      const problems = await pages.each(PAGES, view, async (page, name) => {
        // Contrast follows the scheme, order and sizes the width: two views have both of each.
        const found: unknown[] = isDiagonal(view) ? await findViolations(page) : [];
        if (GOLDEN.includes(name)) {
          const height = Math.min(1_500, await page.evaluate('document.documentElement.scrollHeight'));
          const clip = { x: 0, y: 0, width: view.width, height };
          const shot = await page.screenshot({ clip, fullPage: true });
          const different = compareScreenshot(`${name}-${view.width}-${view.scheme}`, shot);
          if (different > TOLERANCE)
            found.push(`${(different * 100).toFixed(2)} % differ from the golden image`);
        }
        const folded = await widthOf(page);
        await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
        const widths = [folded, await widthOf(page)];
        if (widths.some((width) => width > view.width)) found.push(`as wide as ${widths.join(' and ')} px`);
        return found;
      });
      expect(problems).toEqual({});
    },
    120_000,
  );
});
