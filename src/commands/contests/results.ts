import { z } from 'zod';
import { getFinalResults } from '../../core/contests/final-results.ts';
import { withoutKeys } from '../_contests/write-results.ts';
import { defineCommand } from '../_runtime/command.ts';

const COLUMNS = [
  ...['position', 'customer_id', 'points', 'referrals', 'counted', 'groups', 'qualified', 'reached_at'],
].map((key) => ({ key }));

export const command = defineCommand({
  name: 'contests results',
  summary: 'Write the signed-off results of a finalized contest',
  description:
    'The document that `contests finalize` signs off: the frozen ranking with its digest, the winners, the seed of the drawing with the hash that was published at the launch, who signed off, and the entry of the audit log that holds the hash of it all. JSON, or with --format html a self-contained page. Customers are named by customer_id. The same contest always gives the same bytes; results that were changed afterwards are refused with 6. docs/leaderboard.md says how anyone can check them. Changes nothing.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  fileFormats: ['html'],
  examples: [
    {
      line: 'referral contests results summer-referral',
      explains: 'refused while the contest is not finalized',
      exitCode: 17,
    },
    {
      line: 'referral contests end summer-referral && referral contests finalize summer-referral --leave-open --confirm summer-referral && referral contests results summer-referral --json',
      explains: 'the results for a script',
    },
    {
      line: 'referral contests end summer-referral && referral contests finalize summer-referral --leave-open --confirm summer-referral && referral contests results summer-referral --format html -o results.html',
      explains: 'as a page',
    },
  ],
  exitCodes: [5, 6, 10, 17],
  changes: false,
  input: z.object({ slug: z.string() }),
  async run(context, { slug }) {
    return context.usingDatabase(async (database) => {
      const results = await database.snapshot((queries) =>
        getFinalResults(queries, slug, context.clock.now()),
      );
      if (context.globals.format === 'html') {
        const { formatFinalResultsPage } = await import('../../core/reports/html/final-results-page.ts');
        return { kind: 'file', content: formatFinalResultsPage(results) };
      }
      const document = withoutKeys(results);
      // The same bytes as in the file that `contests finalize --results` writes.
      if (context.globals.format === 'json') return { kind: 'object', data: document };
      const { entries, ...data } = document;
      return { kind: 'object', data, rows: { key: 'entries', columns: COLUMNS, list: entries, main: false } };
    });
  },
});
