import { z } from 'zod';
import { listFlags } from '../../core/settings/flags.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'flags list',
  summary: 'List every switch',
  description: `Flags switch a part of the program on or off for everyone who uses the database.`,
  options: PAGE_OPTIONS,
  examples: [
    { line: 'referral flags list', explains: 'all of them' },
    { line: 'referral flags list --json', explains: 'the same as JSON' },
    { line: 'referral flags list --format csv', explains: 'for a spreadsheet' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object(pageFields),
  async run(context, { limit, offset }) {
    const rows = await context.usingDatabase(({ queries }) => listFlags(queries));
    return {
      kind: 'list',
      columns: [
        { key: 'name' },
        { key: 'enabled' },
        { key: 'default', wide: true },
        { key: 'description' },
        { key: 'updated_at', wide: true },
        { key: 'updated_by', wide: true },
      ],
      rows: rows.slice(offset, limit === undefined ? undefined : offset + limit).map((row) => ({ ...row })),
    };
  },
});
