import { z } from 'zod';
import { defineCommand } from '../_runtime/command.ts';
import { renderTableReport } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runTableReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report cohorts',
  summary: 'Show who comes back, by joining month and by contest',
  description:
    'Customers by the month in which they joined, and contests: who takes part, who brings friends, who books, and who books again in the months after. Table, JSON, CSV, XLSX or a self-contained HTML page. docs/metrics.md says how each figure is made. Changes nothing.',
  options: REPORT_OPTIONS,
  fileFormats: ['xlsx', 'html'],
  examples: [
    {
      line: 'referral report cohorts --contest summer-referral',
      explains: 'Of one contest, in the terminal',
    },
    {
      line: 'referral report cohorts --contest summer-referral --locale de --format html --output cohorts.html',
      explains: 'As a page in German',
    },
    { line: 'referral report cohorts --period year --json', explains: 'This year, for a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object(reportFields),
  async run(context, input) {
    return renderTableReport(context, await runTableReport(context, 'cohorts', input), input);
  },
});
