import { z } from 'zod';
import { formatSystemd } from '../../core/jobs/crontab.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'jobs systemd',
  summary: 'Print a service and a timer for systemd',
  description:
    'Prints two units, each under the name of its file, for the folder in which it is called. Persistent=true: what was missed while the machine was off is made up for. Installs nothing.',
  options: [
    { flags: '--program <path>', description: 'how the program is started', defaultText: 'referral' },
  ],
  examples: [
    { line: 'referral jobs systemd', explains: 'for this folder' },
    {
      line: 'referral jobs systemd --program /usr/local/bin/referral',
      explains: 'where cron does not find the program by itself',
    },
    { line: 'referral jobs systemd -o referral.systemd', explains: 'into a file' },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ program: z.string().min(1).default('referral') }),
  async run(context, { program }) {
    const { directory } = context.io;
    return { kind: 'text', text: formatSystemd({ program, directory, user: await context.operator() }) };
  },
});
