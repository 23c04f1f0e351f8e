import { z } from 'zod';
import { runChange } from '../_campaigns/run-change.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns cancel',
  summary: 'Cancel a campaign for good',
  description:
    'Nobody else is mailed; what was sent stays on record. It asks first; without a terminal it needs --yes, or --confirm SLUG where many mails are still pending.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  examples: [
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns cancel july --yes',
      explains: 'cancel a draft',
    },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns cancel july',
      explains: 'without a confirmation nothing happens',
      exitCode: 16,
    },
    {
      line: 'referral campaigns cancel summer-launch --yes',
      explains: 'one that was sent already is refused',
      exitCode: 17,
    },
  ],
  exitCodes: [5, 10, 16, 17],
  changes: true,
  input: z.object({ slug: z.string() }),
  run: (context, { slug }) => runChange(context, slug, 'cancel', undefined),
});
