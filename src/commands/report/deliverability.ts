import { z } from 'zod';
import { defineCommand } from '../_runtime/command.ts';
import { renderTableReport } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runTableReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report deliverability',
  summary: 'Show what became of the mails, and why some bounced',
  description:
    'Delivery, bounce, complaint and unsubscribe rates with their 95 % range and targets, campaign by campaign and by class of recipient domains, and the reasons of bounces, without addresses. Table, JSON, CSV, XLSX or a self-contained HTML page. docs/metrics.md says how each figure is made. Changes nothing.',
  options: REPORT_OPTIONS,
  fileFormats: ['xlsx', 'html'],
  examples: [
    {
      line: 'referral report deliverability --contest summer-referral',
      explains: 'Of one contest, in the terminal',
    },
    {
      line: 'referral report deliverability --contest summer-referral --locale de --format html --output deliverability.html',
      explains: 'As a page in German',
    },
    { line: 'referral report deliverability --period year --json', explains: 'This year, for a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object(reportFields),
  async run(context, input) {
    return renderTableReport(context, await runTableReport(context, 'deliverability', input), input);
  },
});
