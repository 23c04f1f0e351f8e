import { z } from 'zod';
import { getRun } from '../../core/runs/list-runs.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'runs show',
  summary: 'Show one run',
  description: `Everything that was recorded about a run: its arguments without secrets and personal data, who ran it where, and what it counted.`,
  arguments: [{ syntax: '<id>', description: 'the number of the run' }],
  examples: [
    { line: 'referral runs show 1', explains: 'the first run' },
    { line: 'referral runs show 1 --json', explains: 'the same as JSON' },
    { line: 'referral runs show 999999', explains: 'a run that does not exist', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ id: z.coerce.number().int().positive() }),
  async run(context, { id }) {
    return { kind: 'object', data: await context.usingDatabase(({ queries }) => getRun(queries, id)) };
  },
});
