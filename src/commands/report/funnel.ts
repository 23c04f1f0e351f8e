import { z } from 'zod';
import { defineCommand } from '../_runtime/command.ts';
import { renderFile } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report funnel',
  summary: 'Show how many people got from a mail to a reward',
  description:
    'Counts different people at each step: planned, accepted, delivered, clicked, shared, brought a booking, approved, rewarded, with the share of the step before. The same numbers as in the summary. Changes nothing.',
  options: REPORT_OPTIONS,
  fileFormats: ['xlsx', 'html'],
  examples: [
    { line: 'referral report funnel --contest summer-referral', explains: 'The funnel of a contest' },
    {
      line: 'referral report funnel --campaign summer-launch --format csv',
      explains: 'Of one mailing, as CSV',
    },
    { line: 'referral report funnel --period 30d --json', explains: 'The last 30 days, for a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object(reportFields),
  async run(context, input) {
    const report = await runReport(context, 'funnel', input);
    const file = await renderFile(context, report, input);
    if (file !== undefined) return file;
    return {
      kind: 'list',
      columns: [{ key: 'step' }, { key: 'people' }, { key: 'of_previous', align: 'right' }],
      rows: report.funnel.map((step) => ({ ...step })),
    };
  },
});
