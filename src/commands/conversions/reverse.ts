import { decideCommand } from '../_conversions/decide-command.ts';

export const command = decideCommand({
  verb: 'reverse',
  summary: 'Take back referrals that were approved',
  description:
    'Takes back approved referrals. Their rewards are reversed by the next rewards compute; what was paid already is carried to the next payout.',
  examples: [
    {
      line: 'referral conversions reverse --where "referrer_id = C-0001" --where "status = approved" --reason "abuse"',
      explains: 'all of one participant',
    },
    {
      line: 'referral conversions reverse --where "amount > 5000" --where "status = approved" --dry-run --json',
      explains: 'what would be taken back',
    },
    { line: 'referral conversions reverse', explains: 'without saying which it ends with 2', exitCode: 2 },
  ],
});
