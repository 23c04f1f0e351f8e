import { z } from 'zod';
import { listSettings } from '../../core/settings/change-setting.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import type { Row } from '../_runtime/result.ts';

export const command = defineCommand({
  name: 'settings list',
  summary: 'List every setting with its value',
  description: `Settings are kept in the database and hold for everyone who uses it. Those that nobody has set show their default.`,
  options: PAGE_OPTIONS,
  examples: [
    { line: 'referral settings list', explains: 'all of them' },
    { line: 'referral settings list --json', explains: 'the same as JSON' },
    { line: 'referral settings list --format csv', explains: 'for a spreadsheet' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object(pageFields),
  async run(context, { limit, offset }) {
    const rows = await context.usingDatabase(({ queries }) => listSettings(queries));
    return {
      kind: 'list',
      columns: [
        { key: 'name' },
        { key: 'value' },
        { key: 'default', wide: true },
        { key: 'description' },
        { key: 'updated_at', wide: true },
        { key: 'updated_by', wide: true },
      ],
      rows: rows
        .slice(offset, limit === undefined ? undefined : offset + limit)
        .map((row) => ({ ...row })) as Row[],
    };
  },
});
