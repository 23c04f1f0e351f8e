import { z } from 'zod';
import { setFlag } from '../../core/settings/flags.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'flags set',
  summary: 'Switch something on or off',
  description: `Switches a flag for everyone who uses the database, from their next command on.`,
  arguments: [
    { syntax: '<name>', description: 'name of the flag' },
    { syntax: '<state>', description: 'on or off' },
  ],
  examples: [
    { line: 'referral flags set outgoing off', explains: 'stop all mails and payouts' },
    { line: 'referral flags set outgoing on', explains: 'go on' },
    { line: 'referral flags set outgong on', explains: 'a name that is not known', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: true,
  input: z.object({ name: z.string(), state: z.enum(['on', 'off', 'true', 'false']) }),
  async run(context, { name, state }) {
    const { clock, globals } = context;
    const enabled = state === 'on' || state === 'true';
    const changed = await context.usingRun((database, run) =>
      setFlag({ database, clock, run, dryRun: globals.dryRun }, name, enabled),
    );
    return { kind: 'object', data: { name, enabled, changed, dry_run: globals.dryRun } };
  },
});
