import { z } from 'zod';
import { ReferralError } from '../../core/errors.ts';
import { defineCommand } from '../_runtime/command.ts';
import { renderReport } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report campaign',
  summary: 'Show all figures of one campaign and its contest',
  description:
    'The mail figures of one campaign, named as an argument or with --campaign, beside the bookings, referrals and rewards of its contest. Table, JSON, CSV, XLSX or a self-contained HTML page. Changes nothing.',
  arguments: [{ syntax: '[slug]', description: 'the campaign' }],
  options: REPORT_OPTIONS,
  fileFormats: ['xlsx', 'html'],
  examples: [
    { line: 'referral report campaign summer-launch', explains: 'Its figures in the terminal' },
    {
      line: 'referral report campaign summer-launch --format html --output campaign.html',
      explains: 'As a page with charts',
    },
    { line: 'referral report campaign --campaign summer-launch --json', explains: 'For a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ ...reportFields, slug: z.string().min(1).optional() }),
  async run(context, { slug, ...input }) {
    const campaign = slug ?? input.campaign;
    if (campaign === undefined) {
      throw new ReferralError('usage', 'Which campaign?', {
        hint: 'Name it: referral report campaign <slug>. List them: referral campaigns list',
      });
    }
    return renderReport(context, await runReport(context, 'campaign', { ...input, campaign }), input);
  },
});
