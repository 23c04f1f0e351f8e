import { z } from 'zod';
import { trackSignUp } from '../../core/conversions/track-sign-up.ts';
import { parseInstant } from '../../core/time.ts';
import { showDecided } from '../_conversions/show-decided.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'conversions track',
  summary: 'Record that a customer signed up with a code',
  description:
    'Records a sign-up. A booking that the customer makes later without a code, within attribution.window_days, is credited to the owner of the code; the first sign-up wins. Run again, it changes nothing.',
  arguments: [{ syntax: '<code>', description: 'the code, as the friend wrote it' }],
  options: [
    { flags: '--customer <id>', description: 'the customer_id of the friend who signed up (required)' },
    { flags: '--contest <slug>', description: 'for codes that belong to no contest' },
    { flags: '--at <time>', description: 'when it happened', defaultText: 'now' },
  ],
  examples: [
    {
      line: 'referral conversions track "$(referral codes list --where "customer_id = C-0001" --format csv | tail -1 | cut -d, -f1)" --customer C-0002',
      explains: 'C-0002 signed up with the code of C-0001',
      exitCode: 0,
    },
    {
      line: 'referral conversions track NOSUCH99 --customer C-0002',
      explains: 'a code that does not exist',
      exitCode: 5,
    },
    { line: 'referral conversions track --help', explains: 'all options' },
  ],
  exitCodes: [5, 10, 11, 17],
  changes: true,
  input: z.object({
    code: z.string(),
    customer: z.string({ error: '--customer ID is required' }),
    contest: z.string().optional(),
    at: z.string().optional(),
  }),
  async run(context, { code, customer, contest, at }) {
    const { clock, globals } = context;
    const timezone = globals.timezone ?? (await context.config()).timezone;
    const signedUpAt = at === undefined ? undefined : parseInstant(at, '--at', timezone);
    return context.usingRun(
      async (database, run) => ({
        kind: 'object',
        data: await showDecided(context, (deciding) =>
          trackSignUp(
            { database, clock, run, ...deciding },
            { code, customerId: customer, contest, at: signedUpAt, dryRun: globals.dryRun },
          ),
        ),
      }),
      { lock: 'bookings' },
    );
  },
});
