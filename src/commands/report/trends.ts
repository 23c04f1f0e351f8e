import { z } from 'zod';
import { defineCommand } from '../_runtime/command.ts';
import { renderFile } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report trends',
  summary: 'Show bookings, referrals and revenue by day',
  description:
    'One row a day, or a month where the days would be too many, in the time zone of the contest: bookings, referrals and the net revenue from referrals by currency. The same numbers as in the summary. A page or workbook adds the comparison with the period before and the campaigns that bring the most now. Changes nothing.',
  options: REPORT_OPTIONS,
  fileFormats: ['xlsx', 'html'],
  examples: [
    { line: 'referral report trends --contest summer-referral', explains: 'A contest day by day' },
    { line: 'referral report trends --period month --format csv', explains: 'This month as CSV' },
    { line: 'referral report trends --contest summer-referral --json', explains: 'For a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object(reportFields),
  async run(context, input) {
    const report = await runReport(context, 'trends', input);
    const file = await renderFile(context, report, input);
    if (file !== undefined) return file;
    const { series } = report;
    const currencies = [...new Set(series.rows.flatMap((row) => Object.keys(row.revenue)))].sort();
    return {
      kind: 'list',
      columns: [
        { key: 'start', title: series.unit },
        { key: 'bookings' },
        { key: 'referrals' },
        ...currencies.map((currency) => ({
          key: `revenue.${currency}`,
          title: `revenue ${currency}`,
          align: 'right' as const,
        })),
      ],
      rows: series.rows.map((row) => ({
        ...row,
        ...(context.globals.format === 'json' || context.globals.format === 'ndjson'
          ? {}
          : flatRevenue(row.revenue)),
      })),
    };
  },
});

function flatRevenue(revenue: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(revenue).map(([currency, sum]) => [`revenue.${currency}`, sum]));
}
