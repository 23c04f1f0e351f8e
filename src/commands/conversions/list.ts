import { z } from 'zod';
import { listReferrals } from '../../core/conversions/list-referrals.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import type { Row } from '../_runtime/result.ts';

const STATUSES = ['pending', 'held', 'approved', 'rejected', 'reversed', 'expired'] as const;

export const command = defineCommand({
  name: 'conversions list',
  summary: 'List referrals and why they are what they are',
  description:
    'Lists referrals: each is a booking credited to the owner of a code, with the rule that admitted or refused it. points is what it brings before the caps per group; amount is what is left of the booking after refunds.',
  options: [
    { flags: '--contest <slug>', description: 'only of this contest' },
    { flags: '--status <status>', description: 'only in this status', choices: STATUSES },
    { flags: '--where <condition>', description: 'only these, such as "reason ~ fraud"', repeatable: true },
    ...PAGE_OPTIONS,
  ],
  examples: [
    {
      line: 'referral conversions list --contest summer-referral --status held',
      explains: 'what waits for a person',
    },
    {
      line: 'referral conversions list --where "referrer_id = C-0001" --json',
      explains: 'what one participant brought',
    },
    {
      line: 'referral conversions list --where "amount >= 500" --where "attributes.city = Utrecht" --limit 20 --format csv',
      explains: 'large bookings of one city as CSV',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    contest: z.string().optional(),
    status: z.enum(STATUSES).optional(),
    where: z.array(z.string()).default([]),
    ...pageFields,
  }),
  async run(context, options) {
    const { timezone } = await context.config();
    return context.usingDatabase(async ({ queries }) => {
      const rows: Row[] = [];
      for await (const { attributes: _, ...row } of listReferrals(queries, {
        ...options,
        now: context.clock.now(),
        timezone,
      })) {
        rows.push(row);
      }
      return {
        kind: 'list',
        columns: [
          ...[
            { key: 'id' },
            { key: 'contest', wide: true },
            { key: 'code', wide: true },
            { key: 'referrer_id' },
            { key: 'friend_id' },
          ],
          ...[{ key: 'booking_reference' }, { key: 'status' }, { key: 'reason' }],
          ...[
            { key: 'points', align: 'right' as const },
            { key: 'amount', align: 'right' as const },
          ],
          ...[
            { key: 'currency', wide: true },
            { key: 'booked_at', wide: true },
            { key: 'decided_at', wide: true },
          ],
        ],
        rows,
      };
    });
  },
});
