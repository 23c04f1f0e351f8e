import type { Report } from '../../core/reports/report.ts';
import type { Context } from '../_runtime/context.ts';
import type { Column, Result } from '../_runtime/result.ts';

const FIGURE_COLUMNS: readonly Column[] = [
  { key: 'section' },
  { key: 'name' },
  { key: 'currency' },
  { key: 'value', align: 'right' },
];

/** One report in the format that was asked for; what each format needs is loaded only then. */
export async function renderReport({ globals, io }: Context, report: Report): Promise<Result> {
  const { format, output } = globals;
  if (format === 'html') {
    const { formatReportPage } = await import('../../core/reports/html/report-page.ts');
    return { kind: 'file', content: formatReportPage(report) };
  }
  if (format === 'xlsx') {
    const { formatReportWorkbook } = await import('../../core/reports/format-report-workbook.ts');
    return { kind: 'file', content: await formatReportWorkbook(report) };
  }
  if (format === 'csv' || (format === undefined && !io.stdoutIsTerminal && output === undefined)) {
    const { reportRows } = await import('../../core/reports/report-rows.ts');
    return { kind: 'list', columns: FIGURE_COLUMNS, rows: reportRows(report).map((row) => ({ ...row })) };
  }
  const { formatReportText } = await import('../../core/reports/format-report-text.ts');
  return { kind: 'object', data: report, text: formatReportText(report), next: nextSteps(report) };
}

function nextSteps({ contest }: Report): string[] {
  const scope = contest === null ? '' : ` --contest ${contest}`;
  return [`As a page with charts: referral report summary${scope} --format html --output report.html`];
}
