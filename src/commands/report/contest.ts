import { z } from 'zod';
import { ReferralError } from '../../core/errors.ts';
import { defineCommand } from '../_runtime/command.ts';
import { renderReport } from './render-report.ts';
import { renderStandings } from './render-standings.ts';
import { REPORT_OPTIONS, reportFields, runReport } from './run-report.ts';

export const command = defineCommand({
  name: 'report contest',
  summary: 'Show all figures of one contest',
  description:
    'The summary of one contest, named as an argument or with --contest. Table, JSON, CSV, XLSX or a self-contained HTML page. With --public, the standings only: positions, first names with an initial, points and referrals; no customer_id and no address. Changes nothing.',
  arguments: [{ syntax: '[slug]', description: 'the contest' }],
  options: [
    ...REPORT_OPTIONS,
    {
      flags: '--public',
      description: 'the standings for everyone to see: a page with first names and initials only',
    },
    { flags: '--top <n>', description: 'so many positions of the public standings', defaultText: '25' },
  ],
  fileFormats: ['xlsx', 'html'],
  examples: [
    { line: 'referral report contest summer-referral', explains: 'Its figures in the terminal' },
    {
      line: 'referral report contest summer-referral --format html --output contest.html',
      explains: 'As a page with charts',
    },
    {
      line: 'referral report contest summer-referral --public --locale nl --output standings.html',
      explains: 'The standings in Dutch, to be put on a web site',
    },
    { line: 'referral report contest --contest summer-referral --json', explains: 'For a script' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    ...reportFields,
    slug: z.string().min(1).optional(),
    public: z.boolean().default(false),
    top: z.coerce.number().int().min(1).max(1_000).default(25),
  }),
  async run(context, { slug, public: isPublic, top, ...input }) {
    const contest = slug ?? input.contest;
    if (contest === undefined) {
      throw new ReferralError('usage', 'Which contest?', {
        hint: 'Name it: referral report contest <slug>. List them: referral contests list',
      });
    }
    if (isPublic) return renderStandings(context, { ...input, contest }, top);
    return renderReport(context, await runReport(context, 'contest', { ...input, contest }), input);
  },
});
