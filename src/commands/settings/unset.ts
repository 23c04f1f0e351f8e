import { z } from 'zod';
import { unsetSetting } from '../../core/settings/change-setting.ts';
import { parseSettingName, SETTINGS } from '../../core/settings/settings.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'settings unset',
  summary: 'Give a setting its default back',
  description: `Forgets the value of a setting; its default holds again.`,
  arguments: [{ syntax: '<name>', description: 'name of the setting' }],
  examples: [
    { line: 'referral settings unset confirm_above', explains: 'back to 1,000' },
    {
      line: 'referral settings unset campaigns.require_approval --dry-run',
      explains: 'would it change anything?',
    },
    { line: 'referral settings unset confirm_over', explains: 'a name that is not known', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: true,
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const known = parseSettingName(name);
    const { clock, globals } = context;
    const changed = await context.usingRun((database, run) =>
      unsetSetting({ database, clock, run, dryRun: globals.dryRun }, known),
    );
    return {
      kind: 'object',
      data: { name: known, value: SETTINGS[known].value, changed, dry_run: globals.dryRun },
    };
  },
});
