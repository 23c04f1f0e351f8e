import { z } from 'zod';
import { ReferralError } from '../../core/errors.ts';
import { defineCommand } from '../_runtime/command.ts';
import { renderReport } from './render-report.ts';
import { REPORT_OPTIONS, reportFields, runReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report contest',
  summary: 'Show all figures of one contest',
  description:
    'The summary of one contest, named as an argument or with --contest. Table, JSON, CSV, XLSX or a self-contained HTML page. Changes nothing.',
  arguments: [{ syntax: '[slug]', description: 'the contest' }],
  options: REPORT_OPTIONS,
  fileFormats: ['xlsx', 'html'],
  examples: [
    { line: 'referral report contest summer-referral', explains: 'Its figures in the terminal' },
    {
      line: 'referral report contest summer-referral --format html --output contest.html',
      explains: 'As a page with charts',
    },
    { line: 'referral report contest --contest summer-referral --json', explains: 'For a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ ...reportFields, slug: z.string().min(1).optional() }),
  async run(context, { slug, ...input }) {
    const contest = slug ?? input.contest;
    if (contest === undefined) {
      throw new ReferralError('usage', 'Which contest?', {
        hint: 'Name it: referral report contest <slug>. List them: referral contests list',
      });
    }
    return renderReport(context, await runReport(context, 'contest', { ...input, contest }));
  },
});
