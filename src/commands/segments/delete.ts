import { z } from 'zod';
import { deleteSegment } from '../../core/segments/save-segment.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments delete',
  summary: 'Forget a saved segment',
  description:
    'Removes a segment that was saved with a condition, its members and its history. Customers stay as they are.',
  arguments: [{ syntax: '<name>', description: 'a saved segment' }],
  examples: [
    {
      line: 'referral segments save big_spenders --where "total_spend >= 2000" -q && referral segments delete big_spenders',
      explains: 'one that was saved',
    },
    { line: 'referral segments delete power_user', explains: 'one by rule', exitCode: 17 },
    { line: 'referral segments delete nobody', explains: 'one that is not there', exitCode: 5 },
  ],
  exitCodes: [5, 10, 11, 17],
  changes: true,
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const { clock, globals } = context;
    return context.usingRun(
      async (database, run) => ({
        kind: 'object',
        data: await deleteSegment(database, name, { clock, run, dryRun: globals.dryRun }),
      }),
      { lock: 'score-segments' },
    );
  },
});
