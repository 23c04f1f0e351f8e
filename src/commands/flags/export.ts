import { z } from 'zod';
import { listFlags } from '../../core/settings/flags.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'flags export',
  summary: 'Print the flags that were set, for another database',
  description: `One JSON object of names and states, those that nobody has switched left out. flags import reads it.`,
  examples: [
    { line: 'referral flags export -o flags.json', explains: 'into a file' },
    { line: 'referral flags export --json', explains: 'on the terminal' },
    { line: 'referral flags export | cat', explains: 'into another program' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({}),
  async run(context) {
    const rows = await context.usingDatabase(({ queries }) => listFlags(queries));
    const values = Object.fromEntries(
      rows.filter((row) => row.updated_at !== null).map(({ name, enabled }) => [name, enabled]),
    );
    return { kind: 'text', text: `${JSON.stringify(values, null, 2)}\n` };
  },
});
