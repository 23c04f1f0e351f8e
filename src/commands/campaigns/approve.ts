import { z } from 'zod';
import { runChange } from '../_campaigns/run-change.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns approve',
  summary: 'Approve a campaign that was submitted',
  description:
    'Lets `send` go ahead where the setting campaigns.require_approval is on. Whoever submitted a plan cannot approve it; operators are told apart by login, or REFERRAL_OPERATOR.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [{ flags: '--note <text>', description: 'why, for the record' }],
  examples: [
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns submit july && REFERRAL_OPERATOR=maria referral campaigns approve july',
      explains: 'approve it as somebody else',
    },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns approve july --note "small and harmless"',
      explains: 'approve a draft, where no approval is required',
    },
    {
      line: 'referral campaigns approve summer-launch',
      explains: 'one that was sent already is refused',
      exitCode: 17,
    },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ slug: z.string(), note: z.string().optional() }),
  run: (context, { slug, note }) => runChange(context, slug, 'approve', note),
});
