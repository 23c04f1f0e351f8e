import { z } from 'zod';
import { defineCommand } from '../_runtime/command.ts';
import { createRedactor } from '../_runtime/redact.ts';

export const command = defineCommand({
  name: 'config show',
  summary: 'Show the configuration in force',
  description:
    'Prints every configuration value after merging flags, environment, .env, the project file, the user file and the defaults. Passwords are masked. Changes nothing and needs no database.',
  options: [{ flags: '--origin', description: 'also show where each value came from' }],
  examples: [
    { line: 'referral config show', explains: 'Every value in force' },
    { line: 'referral config show --origin', explains: 'Every value and where it came from' },
    { line: 'referral config show --origin --json', explains: 'The same for a script' },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ origin: z.boolean().default(false) }),
  async run(context, { origin }) {
    const { redact } = createRedactor();
    const entries = await context.configEntries();
    const rows = entries.map((entry) => ({ ...entry, value: redact(entry.value) }));
    const columns = [{ key: 'key' }, { key: 'value' }];
    return {
      kind: 'list',
      columns: origin ? [...columns, { key: 'origin' }] : columns,
      rows: origin ? rows : rows.map(({ key, value }) => ({ key, value })),
    };
  },
});
