import { z } from 'zod';
import { getContest } from '../../core/contests/get-contest.ts';
import { summariseContest } from '../../core/contests/summarise-contest.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'contests show',
  summary: 'Show a contest, or its rules',
  description:
    'Shows the window, the status and the counts of a contest. With --rules, the effective rules document instead, every default filled in: a valid document for `contests create --rules` and `contests amend --rules`.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  options: [{ flags: '--rules', description: 'the effective rules document' }],
  examples: [
    { line: 'referral contests show summer-referral', explains: 'its window, status and counts' },
    { line: 'referral contests show summer-referral --rules', explains: 'the rules with their defaults' },
    {
      line: 'referral contests show summer-referral --rules -o my-rules.json',
      explains: 'the rules as a file to work on',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ slug: z.string(), rules: z.boolean().default(false) }),
  async run(context, { slug, rules }) {
    return context.usingDatabase(async (database) => {
      if (!rules) return { kind: 'object', data: await summariseContest(database.queries, slug) };
      const contest = await getContest(database.queries, slug);
      // A rules document has one useful form, whatever the place: JSON.
      if (context.globals.format === 'ndjson') return { kind: 'object', data: contest.rules };
      return { kind: 'text', text: JSON.stringify(contest.rules, null, 2) };
    });
  },
});
