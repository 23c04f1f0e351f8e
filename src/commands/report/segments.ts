import { z } from 'zod';
import { defineCommand } from '../_runtime/command.ts';
import { renderTableReport } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runTableReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report segments',
  summary: 'Show how segments answer mails and bring friends',
  description:
    'Segments side by side, as people: members, participants, mailed, delivered, clicked, referrers and approved referrals, and the revenue that their friends brought. Table, JSON, CSV, XLSX or a self-contained HTML page. docs/metrics.md says how each figure is made. Changes nothing.',
  options: REPORT_OPTIONS,
  fileFormats: ['xlsx', 'html'],
  examples: [
    {
      line: 'referral report segments --contest summer-referral',
      explains: 'Of one contest, in the terminal',
    },
    {
      line: 'referral report segments --contest summer-referral --locale de --format html --output segments.html',
      explains: 'As a page in German',
    },
    { line: 'referral report segments --period year --json', explains: 'This year, for a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object(reportFields),
  async run(context, input) {
    return renderTableReport(context, await runTableReport(context, 'segments', input), input);
  },
});
