import { LOCALES, type Locale } from '../../core/reports/locale/texts.ts';
import type { Report } from '../../core/reports/report.ts';
import type { ReportRow } from '../../core/reports/report-rows.ts';
import type { TableReport } from '../../core/reports/table-report.ts';
import { tableDocument } from '../../core/reports/table-report.ts';
import type { Context } from '../_runtime/context.ts';
import type { Column, Result } from '../_runtime/result.ts';
import { deliverPage } from './deliver-page.ts';
import type { ReportInput } from './run-report.ts';

type Output = Pick<ReportInput, 'locale' | 'pdf'>;

const FIGURE_COLUMNS: readonly Column[] = [
  { key: 'section' },
  { key: 'name' },
  { key: 'currency' },
  { key: 'value', align: 'right' },
];

/** One report in the format that was asked for; what each format needs is loaded only then. */
export async function renderReport(context: Context, report: Report, output: Output): Promise<Result> {
  const file = await renderFile(context, report, output);
  if (file !== undefined) return file;
  if (wantsRows(context)) {
    const { reportRows } = await import('../../core/reports/report-rows.ts');
    return figureList(reportRows(report));
  }
  const { formatReportText } = await import('../../core/reports/format-report-text.ts');
  const next = nextSteps(report.report, report.contest);
  return { kind: 'object', data: report, text: formatReportText(report), next };
}

/** The page or workbook of a report, when one was asked for. */
export async function renderFile(
  context: Context,
  report: Report,
  { locale, pdf }: Output,
): Promise<Result | undefined> {
  const { format } = context.globals;
  if (format === 'html' || pdf !== undefined) {
    const { formatReportPage } = await import('../../core/reports/html/report-page.ts');
    return deliverPage(context, formatReportPage(report, await chooseLocale(context, locale)), pdf);
  }
  if (format !== 'xlsx') return undefined;
  const { formatReportWorkbook } = await import('../../core/reports/format-report-workbook.ts');
  return { kind: 'file', content: await formatReportWorkbook(report) };
}

/** A report of tables in the format that was asked for. */
export async function renderTableReport(
  context: Context,
  report: TableReport,
  { locale, pdf }: Output,
): Promise<Result> {
  const { format } = context.globals;
  if (format === 'html' || pdf !== undefined) {
    const { formatTableReportPage } = await import('../../core/reports/html/table-report-page.ts');
    return deliverPage(context, formatTableReportPage(report, await chooseLocale(context, locale)), pdf);
  }
  if (format === 'xlsx') {
    const { formatTableReportWorkbook } = await import('../../core/reports/format-table-report-workbook.ts');
    return { kind: 'file', content: await formatTableReportWorkbook(report) };
  }
  if (wantsRows(context)) {
    const { tableReportRows } = await import('../../core/reports/table-report-rows.ts');
    return figureList(tableReportRows(report));
  }
  const { formatTableReportText } = await import('../../core/reports/format-table-report-text.ts');
  const next = nextSteps(report.report, report.contest);
  return { kind: 'object', data: tableDocument(report), text: formatTableReportText(report), next };
}

/** The language that was asked for, else the configured one where reports speak it, else English. */
export async function chooseLocale(context: Context, asked: Locale | undefined): Promise<Locale> {
  if (asked !== undefined) return asked;
  const configured = (await context.config()).locale.toLowerCase().split(/[-_]/)[0];
  return LOCALES.find((locale) => locale === configured) ?? 'en';
}

function wantsRows({ globals: { format, output }, io }: Context): boolean {
  return format === 'csv' || (format === undefined && !io.stdoutIsTerminal && output === undefined);
}

function figureList(rows: readonly ReportRow[]): Result {
  return { kind: 'list', columns: FIGURE_COLUMNS, rows: rows.map((row) => ({ ...row })) };
}

function nextSteps(report: string, contest: string | null): string[] {
  const scope = contest === null ? '' : ` --contest ${contest}`;
  return [`As a page with charts: referral report ${report}${scope} --format html --output ${report}.html`];
}
