import { z } from 'zod';
import { listSegments } from '../../core/segments/list-segments.ts';
import { parseInstant } from '../../core/time.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'segments list',
  summary: 'List the segments and how many customers are in each',
  description:
    'Segments by rule with their members as of now, the others with those of their last scoring. --as-of tells who was in them at an earlier time, by what was scored until then.',
  options: [{ flags: '--as-of <time>', description: 'members at an earlier time' }, ...PAGE_OPTIONS],
  examples: [
    { line: 'referral segments list', explains: 'all of them' },
    { line: 'referral segments list --json', explains: 'as JSON' },
    { line: 'referral segments list --as-of 2026-03-01 --format csv', explains: 'as they were' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({ asOf: z.string().optional(), ...pageFields }),
  async run(context, { asOf, limit, offset }) {
    const now = context.clock.now();
    const at = asOf === undefined ? undefined : parseInstant(asOf, '--as-of', context.globals.timezone);
    const segments = await context.usingDatabase(({ queries }) => listSegments(queries, now, at));
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
