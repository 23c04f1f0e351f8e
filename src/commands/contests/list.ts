import { z } from 'zod';
import { listContests } from '../../core/contests/list-contests.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'contests list',
  summary: 'List contests, the latest first',
  description: 'Lists contests with their window, status and number of participants.',
  options: [
    { flags: '--where <condition>', description: 'only these, such as "status = active"', repeatable: true },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral contests list', explains: 'all of them' },
    {
      line: 'referral contests list --where "status = active" --json',
      explains: 'those that run, for a script',
    },
    { line: 'referral contests list --limit 1 --format csv', explains: 'the latest as CSV' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({
    where: z.array(z.string()).default([]),
    ...pageFields,
  }),
  async run(context, options) {
    const { timezone } = await context.config();
    return context.usingDatabase(async (database) => ({
      kind: 'list',
      columns: [
        { key: 'contest' },
        { key: 'name' },
        { key: 'status' },
        { key: 'participants', align: 'right' },
        { key: 'starts_at' },
        { key: 'ends_at' },
        { key: 'timezone', wide: true },
        { key: 'benefit', wide: true },
      ],
      rows: await listContests(database.queries, context.clock, { ...options, timezone }),
    }));
  },
});
