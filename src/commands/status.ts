import { z } from 'zod';
import { readStatus } from '../core/status/read-status.ts';
import { defineCommand } from './_runtime/command.ts';
import { createPalette } from './_runtime/palette.ts';
import { statusText } from './_status/status-text.ts';

export const command = defineCommand({
  name: 'status',
  summary: 'Show what runs, what waits and what needs a person',
  description:
    'One screen over the whole database: the runs and senders at work; contests, campaigns and rewards that wait; and what will not move on before a person does something, each with the command for it: mails in doubt, referrals held for a decision, a campaign that waits for approval or that nobody sends, a contest that is over, a quarantine, failing jobs, failed or unfinished runs, a missing backup. As JSON the same in `running`, `campaigns`, `contests`, `payable` and `needs`. It only reads, and settled mails cost it nothing.',
  options: [{ flags: '--exit-code', description: 'end with 6 when something needs a person' }],
  examples: [
    { line: 'referral status', explains: 'the screen' },
    { line: 'referral status --json', explains: 'the same for a script' },
    {
      line: 'referral status --exit-code --quiet > /dev/null || echo "have a look"',
      explains: 'from cron: tell somebody',
    },
  ],
  exitCodes: [6, 10],
  changes: false,
  input: z.object({ exitCode: z.boolean().default(false) }),
  async run(context, { exitCode }) {
    const { clock, globals, io } = context;
    return context.usingDatabase(async (database) => {
      const data = await readStatus(database, clock);
      const palette = createPalette(io.colors && (globals.output === undefined || globals.output === '-'));
      return {
        kind: 'object',
        data,
        text: statusText(data, palette),
        exitCode: exitCode && data.needs.length > 0 ? 6 : 0,
      };
    });
  },
});
