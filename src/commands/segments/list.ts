import { z } from 'zod';
import { listSegments } from '../../core/segments/list-segments.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'segments list',
  summary: 'List the segments and how many customers are in each',
  description: 'Segments by rule with their members as of now, and when they were last scored.',
  options: PAGE_OPTIONS,
  examples: [
    { line: 'referral segments list', explains: 'all of them' },
    { line: 'referral segments list --json', explains: 'as JSON' },
    { line: 'referral segments list --format csv', explains: 'for a spreadsheet' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object(pageFields),
  async run(context, { limit, offset }) {
    const now = context.clock.now();
    const segments = await context.usingDatabase(({ queries }) => listSegments(queries, now));
    const page = segments.slice(offset, limit === undefined ? undefined : offset + limit);
    return {
      kind: 'list',
      columns: [
        { key: 'name' },
        { key: 'kind' },
        { key: 'members', align: 'right' },
        { key: 'rule' },
        { key: 'scored_at' },
        { key: 'scored_members', align: 'right' },
      ],
      rows: page.map((segment) => ({ ...segment })),
    };
  },
});
