import { z } from 'zod';
import { listSettings } from '../../core/settings/change-setting.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'settings export',
  summary: 'Print the settings that were set, for another database',
  description: `One JSON object of names and values, those that nobody has set left out. settings import reads it.`,
  examples: [
    { line: 'referral settings export -o settings.json', explains: 'into a file' },
    { line: 'referral settings export --json', explains: 'on the terminal' },
    { line: 'referral settings export | cat', explains: 'into another program' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({}),
  async run(context) {
    const rows = await context.usingDatabase(({ queries }) => listSettings(queries));
    const values = Object.fromEntries(
      rows.filter((row) => row.updated_at !== null).map(({ name, value }) => [name, value]),
    );
    return { kind: 'text', text: `${JSON.stringify(values, null, 2)}\n` };
  },
});
