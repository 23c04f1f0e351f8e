import { z } from 'zod';
import { convertByHand } from '../../core/conversions/convert-by-hand.ts';
import { isCurrency } from '../../core/money.ts';
import { parseInstant } from '../../core/time.ts';
import { showDecided } from '../_conversions/show-decided.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'conversions convert',
  summary: 'Enter a conversion by hand',
  description:
    'Enters a completed booking that no export holds, with the code it was made with, and decides its referral by the rules like any other. The booking has the source "manual"; who entered it is on record.',
  arguments: [{ syntax: '<code>', description: 'the code, as the friend wrote it' }],
  options: [
    { flags: '--customer <id>', description: 'the customer_id of who booked (required)' },
    { flags: '--booking-reference <reference>', description: 'required unless the rules do without' },
    { flags: '--amount <decimal>', description: 'what it cost', defaultText: '0' },
    { flags: '--currency <code>', description: 'ISO 4217', defaultText: 'of the configuration' },
    { flags: '--booked-at <time>', description: 'when it was booked', defaultText: 'now' },
    { flags: '--contest <slug>', description: 'for codes that belong to no contest' },
  ],
  examples: [
    {
      line: 'referral conversions convert "$(referral codes list --where "customer_id = C-0001" --format csv | tail -1 | cut -d, -f1)" --customer C-0003 --booking-reference TEL-1 --amount 250',
      explains: 'C-0003 booked by telephone with the code of C-0001',
    },
    {
      line: 'referral conversions convert "$(referral codes list --where "customer_id = C-0001" --format csv | tail -1 | cut -d, -f1)" --customer C-0003 --booking-reference TEL-1 --amount 250 --dry-run',
      explains: 'what it would become',
    },
    {
      line: 'referral conversions convert NOSUCH99 --customer C-0003 --booking-reference TEL-2',
      explains: 'a code that does not exist',
      exitCode: 5,
    },
  ],
  exitCodes: [5, 10, 11, 17],
  changes: true,
  input: z.object({
    code: z.string(),
    customer: z.string({ error: '--customer ID is required' }),
    bookingReference: z.string().min(1).optional(),
    amount: z.string().default('0'),
    currency: z.string().toUpperCase().refine(isCurrency, 'is not an ISO 4217 currency').optional(),
    bookedAt: z.string().optional(),
    contest: z.string().optional(),
  }),
  async run(context, { customer, bookedAt, currency, ...options }) {
    const { clock, globals } = context;
    const config = await context.config();
    const at =
      bookedAt === undefined
        ? undefined
        : parseInstant(bookedAt, '--booked-at', globals.timezone ?? config.timezone);
    return context.usingRun(
      async (database, run) => ({
        kind: 'object',
        data: await showDecided(context, (deciding) =>
          convertByHand(
            { database, clock, run, ...deciding },
            {
              ...options,
              customerId: customer,
              currency: currency ?? config.currency,
              bookedAt: at,
              dryRun: globals.dryRun,
            },
          ),
        ),
      }),
      { lock: 'bookings' },
    );
  },
});
