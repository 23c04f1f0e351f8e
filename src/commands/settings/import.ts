import { z } from 'zod';
import { setSettings } from '../../core/settings/change-setting.ts';
import { readSettingsDocument } from '../../core/settings/read-settings-document.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'settings import',
  summary: 'Set what a file of settings export says',
  description:
    'Reads one JSON object of names and values and sets them all in one transaction. One that is not valid refuses the whole file. changes lists what was and what becomes of it; with --dry-run it is all that happens.',
  arguments: [{ syntax: '<file>', description: 'what settings export wrote; - is standard input' }],
  examples: [
    {
      line: 'echo \'{"confirm_above": 500}\' | referral settings import -',
      explains: 'from another program',
    },
    { line: 'referral settings export | referral settings import -', explains: 'changes nothing' },
    {
      line: 'echo \'{"confirm_above": 500}\' | referral settings import - --dry-run --json',
      explains: 'what would change, from what to what',
    },
    { line: 'referral settings import missing.json', explains: 'a file that is not there', exitCode: 14 },
  ],
  exitCodes: [5, 10, 14],
  changes: true,
  input: z.object({ file: z.string() }),
  async run(context, { file }) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const values = await readSettingsDocument(await context.openInput(file));
      const result = await setSettings({ database, clock, run, dryRun: globals.dryRun }, values);
      return { kind: 'object', data: { file, ...result, dry_run: globals.dryRun } };
    });
  },
});
