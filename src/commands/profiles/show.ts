import { z } from 'zod';
import { getProfile } from '../../core/customers/profiles.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'profiles show',
  summary: 'Show a saved mapping',
  description: 'What a profile says: column → field, and value → status for bookings.',
  arguments: [{ syntax: '<name>', description: 'the name it was saved under' }],
  examples: [
    {
      line: 'referral profiles save crm --map "Mail=email" -q && referral profiles show crm',
      explains: 'save one, and look at it',
    },
    { line: 'referral profiles show nothing', explains: 'one that is not there', exitCode: 5 },
    { line: 'referral profiles show nothing --json', explains: 'the same for a script', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    return { kind: 'object', data: await context.usingDatabase(({ queries }) => getProfile(queries, name)) };
  },
});
