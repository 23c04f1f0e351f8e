import { z } from 'zod';
import { formatCrontab } from '../../core/jobs/crontab.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'jobs crontab',
  summary: 'Print lines for cron',
  description:
    'Prints lines for `crontab -e`, for the folder in which it is called. One line does it all: every five minutes `jobs run due` looks for what is due. Lines for times of your own are there as comments. Installs nothing.',
  options: [
    { flags: '--program <path>', description: 'how the program is started', defaultText: 'referral' },
  ],
  examples: [
    { line: 'referral jobs crontab', explains: 'for this folder' },
    {
      line: 'referral jobs crontab --program /usr/local/bin/referral',
      explains: 'where cron does not find the program by itself',
    },
    { line: 'referral jobs crontab -o referral.crontab', explains: 'into a file' },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ program: z.string().min(1).default('referral') }),
  async run(context, { program }) {
    const { directory } = context.io;
    return { kind: 'text', text: formatCrontab({ program, directory, user: await context.operator() }) };
  },
});
