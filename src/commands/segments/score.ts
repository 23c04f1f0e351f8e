import { z } from 'zod';
import { scoreSegments } from '../../core/segments/score-segments.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments score',
  summary: 'Sort every customer into a segment',
  description:
    'Puts every customer into the first segment by rule that fits (see: referral segments rules) and keeps who is where. --where "segment = …" needs no scoring: it looks at the customers as they are then.',
  examples: [
    { line: 'referral segments score', explains: 'score everyone' },
    { line: 'referral segments score --json', explains: 'the counts, as JSON' },
    { line: 'referral segments score --dry-run', explains: 'count, and keep nothing' },
  ],
  exitCodes: [10, 11],
  changes: true,
  input: z.object({}),
  async run(context) {
    const { clock, globals } = context;
    return context.usingRun(
      async (database, run) => ({
        kind: 'object',
        data: await scoreSegments(database, { clock, run, dryRun: globals.dryRun }),
      }),
      { lock: 'score-segments' },
    );
  },
});
