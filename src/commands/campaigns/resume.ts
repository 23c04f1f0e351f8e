import { z } from 'zod';
import { runChange } from '../_campaigns/run-change.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns resume',
  summary: 'Let a paused campaign go on',
  description: 'Sending goes on with the next `campaigns send`.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  examples: [
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns send july --confirm july --limit 10 && referral campaigns pause july && referral campaigns resume july',
      explains: 'pause and resume',
    },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns send july --confirm july --limit 10 && referral campaigns pause july && referral campaigns resume july --json',
      explains: 'for a script',
    },
    {
      line: 'referral campaigns resume summer-launch',
      explains: 'one that is not paused is refused',
      exitCode: 17,
    },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ slug: z.string() }),
  run: (context, { slug }) => runChange(context, slug, 'resume', undefined),
});
