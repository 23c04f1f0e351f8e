import { z } from 'zod';
import { listSettings } from '../../core/settings/change-setting.ts';
import { parseSettingName } from '../../core/settings/settings.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'settings get',
  summary: 'Show one setting',
  description: `Prints the value of a setting, its default and what it does.`,
  arguments: [{ syntax: '<name>', description: 'name of the setting' }],
  examples: [
    {
      line: 'referral settings get confirm_above',
      explains: 'from how many people on a name has to be typed',
    },
    { line: 'referral settings get confirm_above --json', explains: 'the same as JSON' },
    { line: 'referral settings get confirm_over', explains: 'a name that is not known', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const known = parseSettingName(name);
    const rows = await context.usingDatabase(({ queries }) => listSettings(queries));
    return { kind: 'object', data: { ...rows.find((row) => row.name === known) } };
  },
});
