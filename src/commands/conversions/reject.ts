import { decideCommand } from '../_conversions/decide-command.ts';

export const command = decideCommand({
  verb: 'reject',
  summary: 'Reject referrals that are held or pending',
  description:
    'Rejects referrals by hand, for good: no later import brings them back, only conversions approve does.',
  examples: [
    {
      line: 'referral conversions reject --where "status = held" --contest summer-referral --reason "same household"',
      explains: 'everything that waits for a person',
    },
    {
      line: 'referral conversions reject --where "referrer_id = C-0001" --where "status = held" --json',
      explains: 'what one participant has open',
    },
    { line: 'referral conversions reject', explains: 'without saying which it ends with 2', exitCode: 2 },
  ],
});
