import { z } from 'zod';
import { listAudit } from '../../core/audit/list-audit.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'audit list',
  summary: 'List what was changed, by whom',
  description: `The entries of the audit log, the newest first. Fields for --where: sequence, at, run_id, operator, action, subject.`,
  options: [
    {
      flags: '--where <condition>',
      description: 'field op value; several are joined by and',
      repeatable: true,
    },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral audit list --limit 10', explains: 'the last ten' },
    { line: 'referral audit list --where "action = contest.launched"', explains: 'who launched what' },
    { line: 'referral audit list --format csv', explains: 'everything, for a spreadsheet' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({ where: z.array(z.string()).default([]), ...pageFields }),
  async run(context, { where, limit, offset }) {
    const { clock, globals } = context;
    const rows = await context.usingDatabase(({ queries }) =>
      listAudit(queries, { where, limit, offset, now: clock.now(), timezone: globals.timezone }),
    );
    return {
      kind: 'list',
      columns: [
        { key: 'sequence', align: 'right' },
        { key: 'at' },
        { key: 'operator' },
        { key: 'action' },
        { key: 'subject' },
        { key: 'details', wide: true },
        { key: 'run_id', align: 'right', wide: true },
      ],
      rows: rows.map((row) => ({ ...row })),
    };
  },
});
