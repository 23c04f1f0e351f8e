import { z } from 'zod';
import { listRuns } from '../../core/runs/list-runs.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'runs list',
  summary: 'List who ran what, when, and how it ended',
  description: `One row per execution of a changing command, the newest first. A run that was killed stays running. Fields for --where: id, command, operator, host, status, exit_code, started_at, finished_at.`,
  options: [
    {
      flags: '--where <condition>',
      description: 'field op value; several are joined by and',
      repeatable: true,
    },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral runs list --limit 10', explains: 'the last ten' },
    { line: 'referral runs list --where "status != done"', explains: 'what did not end well' },
    { line: 'referral runs list --where "command ~ import" --json', explains: 'every import, as JSON' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({ where: z.array(z.string()).default([]), ...pageFields }),
  async run(context, { where, limit, offset }) {
    const { clock, globals } = context;
    const rows = await context.usingDatabase(({ queries }) =>
      listRuns(queries, { where, limit, offset, now: clock.now(), timezone: globals.timezone }),
    );
    return {
      kind: 'list',
      columns: [
        { key: 'id', align: 'right' },
        { key: 'command' },
        { key: 'operator' },
        { key: 'status' },
        { key: 'exit_code', align: 'right', wide: true },
        { key: 'started_at' },
        { key: 'finished_at', wide: true },
        { key: 'summary', wide: true },
      ],
      rows: rows.map((row) => ({ ...row })),
    };
  },
});
