import { z } from 'zod';
import { listJobs } from '../../core/jobs/list-jobs.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'jobs list',
  summary: 'List the jobs: what they did last, when they are due next',
  description:
    'One row per job, in the order in which they run: when it last ran and how that ended, how long it took, when it is due next, and since when it fails. overdue is true for one whose time has come, and overdue_since the first time that was missed.',
  options: PAGE_OPTIONS,
  examples: [
    { line: 'referral jobs list', explains: 'all of them' },
    { line: 'referral jobs list --json', explains: 'with what they counted, as JSON' },
    { line: 'referral jobs list --format csv', explains: 'for a spreadsheet' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object(pageFields),
  async run(context, { limit, offset }) {
    const config = await context.config();
    const rows = await context.usingDatabase(({ queries }) => listJobs(queries, config, context.clock));
    return {
      kind: 'list',
      columns: [
        { key: 'job' },
        { key: 'outcome' },
        { key: 'last_started_at' },
        { key: 'duration_ms', align: 'right' },
        { key: 'next_at' },
        { key: 'overdue', wide: true },
        { key: 'overdue_since', wide: true },
        { key: 'error', wide: true },
        { key: 'failing_since', wide: true },
        { key: 'failures', align: 'right', wide: true },
        { key: 'attempts', align: 'right', wide: true },
        { key: 'group', wide: true },
        { key: 'description', wide: true },
        { key: 'last_slot', wide: true },
        { key: 'summary', wide: true },
      ],
      rows: rows.slice(offset, limit === undefined ? undefined : offset + limit).map((row) => ({ ...row })),
    };
  },
});
