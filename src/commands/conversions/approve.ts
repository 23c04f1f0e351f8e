import { decideCommand } from '../_conversions/decide-command.ts';

export const command = decideCommand({
  verb: 'approve',
  summary: 'Approve referrals that are held',
  description:
    'Approves referrals by hand: held ones, pending ones, and those that a rule of the contest refused. What is no judgement (a self-referral, a booking outside the contest, a code that was revoked) stays refused, and a cancelled booking reverses an approved referral all the same.',
  examples: [
    {
      line: 'referral conversions approve --where "status = held" --contest summer-referral --reason "called both"',
      explains: 'everything that waits for a person',
    },
    {
      line: 'referral conversions approve --where "reason = fraud.alias" --dry-run --json',
      explains: 'what would happen',
    },
    {
      line: 'referral conversions approve 999999',
      explains: 'an id that does not exist ends with 5',
      exitCode: 5,
    },
  ],
});
