import { z } from 'zod';
import { setFlags } from '../../core/settings/flags.ts';
import { readSettingsDocument } from '../../core/settings/read-settings-document.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'flags import',
  summary: 'Switch what a file of flags export says',
  description:
    'Reads one JSON object of names and true or false and switches them all in one transaction; a name that is not known refuses the whole file. changes lists what was and what becomes of it; with --dry-run it is all that happens.',
  arguments: [{ syntax: '<file>', description: 'what flags export wrote; - is standard input' }],
  examples: [
    { line: 'referral flags export | referral flags import -', explains: 'changes nothing' },
    {
      line: 'echo \'{"outgoing": false}\' | referral flags import - --dry-run',
      explains: 'what would change',
    },
    { line: 'referral flags import missing.json', explains: 'a file that is not there', exitCode: 14 },
  ],
  exitCodes: [5, 10, 14],
  changes: true,
  input: z.object({ file: z.string() }),
  async run(context, { file }) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const values = await readSettingsDocument(await context.openInput(file));
      const result = await setFlags({ database, clock, run, dryRun: globals.dryRun }, values);
      return { kind: 'object', data: { file, ...result, dry_run: globals.dryRun } };
    });
  },
});
