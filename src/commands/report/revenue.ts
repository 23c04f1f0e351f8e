import { z } from 'zod';
import { defineCommand } from '../_runtime/command.ts';
import { renderTableReport } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runTableReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report revenue',
  summary: 'Show where revenue comes from, what it costs, what it returns',
  description:
    'Revenue from referrals and other bookings by month, contest and campaign; what led to bookings (a code, or a mail within a window, or neither); averages, cost, cost per acquired customer and return on the program, with the period before where there is one. Table, JSON, CSV, XLSX or a self-contained HTML page. docs/metrics.md says how each figure is made. Changes nothing.',
  options: [
    ...REPORT_OPTIONS,
    {
      flags: '--assist-days <days>',
      description: 'a mail so many days before a booking without a code has assisted it',
      defaultText: 'the setting reports.assist_days, 30',
    },
  ],
  fileFormats: ['xlsx', 'html'],
  examples: [
    {
      line: 'referral report revenue --contest summer-referral',
      explains: 'Of one contest, in the terminal',
    },
    {
      line: 'referral report revenue --contest summer-referral --locale de --format html --output revenue.html',
      explains: 'As a page in German',
    },
    { line: 'referral report revenue --period year --json', explains: 'This year, for a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ ...reportFields, assistDays: z.coerce.number().int().min(1).max(3_650).optional() }),
  async run(context, input) {
    return renderTableReport(context, await runTableReport(context, 'revenue', input), input);
  },
});
