import { z } from 'zod';
import { getSegment } from '../../core/segments/list-segments.ts';
import { parseInstant } from '../../core/time.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments show',
  summary: 'Show one segment',
  description: 'What a segment means, how many customers are in it now, and what the last scoring found.',
  arguments: [{ syntax: '<name>', description: 'such as active_user' }],
  options: [{ flags: '--as-of <time>', description: 'members at an earlier time' }],
  examples: [
    { line: 'referral segments show active_user', explains: 'one segment' },
    { line: 'referral segments show power_user --json', explains: 'as JSON' },
    { line: 'referral segments show activ_user', explains: 'one that is not there', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ name: z.string(), asOf: z.string().optional() }),
  async run(context, { name, asOf }) {
    const now = context.clock.now();
    const at = asOf === undefined ? undefined : parseInstant(asOf, '--as-of', context.globals.timezone);
    return {
      kind: 'object',
      data: await context.usingDatabase(({ queries }) => getSegment(queries, name, now, at)),
    };
  },
});
