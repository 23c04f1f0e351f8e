import { z } from 'zod';
import { defineCommand } from '../_runtime/command.ts';
import { renderReport } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report summary',
  summary: 'Show what came of the mails, bookings, referrals and rewards',
  description:
    'Counts customers, mails, bookings, referrals, revenue and rewards on one consistent view of the database, of one contest or of all, in a period, as of a time. One result as table, JSON, CSV, XLSX, or a self-contained HTML page with charts. docs/metrics.md says how each figure is made. Changes nothing.',
  options: REPORT_OPTIONS,
  fileFormats: ['xlsx', 'html'],
  examples: [
    { line: 'referral report summary --contest summer-referral', explains: 'Everything about one contest' },
    {
      line: 'referral report summary --contest summer-referral --format html --output summary.html',
      explains: 'The same as a page with charts, to be opened in a browser or printed',
    },
    {
      line: 'referral report summary --period month --json',
      explains: 'This month, of all contests, for a script',
    },
    {
      line: 'referral report summary --contest summer-referral --as-of 2026-09-01 --format xlsx --output summary.xlsx',
      explains: 'As it stood on 1 September, as a workbook',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object(reportFields),
  async run(context, input) {
    return renderReport(context, await runReport(context, 'summary', input), input);
  },
});
