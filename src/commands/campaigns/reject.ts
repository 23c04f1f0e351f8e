import { z } from 'zod';
import { runChange } from '../_campaigns/run-change.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'campaigns reject',
  summary: 'Send a campaign back to draft',
  description: 'Takes back a submission or an approval; the note says why.',
  arguments: [{ syntax: '<slug>', description: 'the campaign' }],
  options: [{ flags: '--note <text>', description: 'why, for the record' }],
  examples: [
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns submit july && referral campaigns reject july --note "wrong subject"',
      explains: 'send it back',
    },
    {
      line: 'referral campaigns create july --contest summer-referral --template reminder && referral campaigns approve july && referral campaigns reject july',
      explains: 'take an approval back',
    },
    {
      line: 'referral campaigns reject summer-launch',
      explains: 'one that was sent already is refused',
      exitCode: 17,
    },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ slug: z.string(), note: z.string().optional() }),
  run: (context, { slug, note }) => runChange(context, slug, 'reject', note),
});
