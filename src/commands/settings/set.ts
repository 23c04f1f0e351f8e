import { z } from 'zod';
import { setSettings } from '../../core/settings/change-setting.ts';
import { parseSettingName, parseSettingText, parseSettingValue } from '../../core/settings/settings.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'settings set',
  summary: 'Set a setting',
  description: `Checks the value and keeps it in the database, for everyone who uses it.`,
  arguments: [
    { syntax: '<name>', description: 'name of the setting' },
    { syntax: '<value>', description: 'the new value' },
  ],
  examples: [
    { line: 'referral settings set confirm_above 500', explains: 'ask for a name from 501 people on' },
    {
      line: 'referral settings set campaigns.require_approval true',
      explains: 'nothing is sent without approval',
    },
    {
      line: 'referral settings set confirm_above many',
      explains: 'a value that it can not have',
      exitCode: 2,
    },
  ],
  exitCodes: [5, 10],
  changes: true,
  input: z.object({ name: z.string(), value: z.string() }),
  async run(context, { name, value }) {
    const known = parseSettingName(name);
    const parsed = parseSettingValue(known, parseSettingText(value));
    const { clock, globals } = context;
    const { changed } = await context.usingRun((database, run) =>
      setSettings({ database, clock, run, dryRun: globals.dryRun }, { [known]: parsed }),
    );
    return {
      kind: 'object',
      data: { name: known, value: parsed, changed: changed.length > 0, dry_run: globals.dryRun },
    };
  },
});
