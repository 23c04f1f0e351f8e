import { z } from 'zod';
import { runChange } from '../_campaigns/run-change.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns pause',
  summary: 'Pause a campaign that is being sent',
  description: 'Every sender stops within a second; what is in flight is settled.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  examples: [
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns send july --yes --limit 10 --confirm july && referral campaigns pause july',
      explains: 'stop after the first ten',
    },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns send july --confirm july --limit 10 && referral campaigns pause july --dry-run',
      explains: 'would it be possible?',
    },
    {
      line: 'referral campaigns pause summer-launch',
      explains: 'one that was sent already is refused',
      exitCode: 17,
    },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ slug: z.string() }),
  run: (context, { slug }) => runChange(context, slug, 'pause', undefined),
});
