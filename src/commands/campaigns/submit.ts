import { z } from 'zod';
import { runChange } from '../_campaigns/run-change.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns submit',
  summary: 'Submit a campaign for another operator to approve',
  description:
    'Makes the plan, runs its checks and records its digest: what is approved later is exactly this plan. Refused when a check fails.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [{ flags: '--note <text>', description: 'why, for the record' }],
  examples: [
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns submit july',
      explains: 'submit it',
    },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns submit july --note "second wave"',
      explains: 'with a word for the reviewer',
    },
    {
      line: 'referral campaigns submit summer-launch',
      explains: 'one that was sent already is refused',
      exitCode: 17,
    },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ slug: z.string(), note: z.string().optional() }),
  run: (context, { slug, note }) => runChange(context, slug, 'submit', note),
});
