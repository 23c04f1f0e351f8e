import { z } from 'zod';
import { listRewardBalances } from '../../core/rewards/reward-balance.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'rewards balance',
  summary: 'Show what customers have and are owed',
  description:
    'Lists, per customer and currency, what is held, what is available or claimed, what was paid, and the balance: what the next payout hands out. A negative balance is what a customer owes, because a reward was reversed after it was paid; it is deducted from the next payout.',
  options: [
    { flags: '--customer <id>', description: 'only this customer', repeatable: true },
    {
      flags: '--where <condition>',
      description: 'only these customers, such as "country = NL"',
      repeatable: true,
    },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral rewards balance --limit 10', explains: 'the first ten' },
    { line: 'referral rewards balance --customer C-0020 --json', explains: 'one customer, for a script' },
    { line: 'referral rewards balance --where "country = NL" --format csv', explains: 'a country as CSV' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    customer: z.array(z.string()).default([]),
    where: z.array(z.string()).default([]),
    ...pageFields,
  }),
  async run(context, { customer, where, limit, offset }) {
    const { timezone } = await context.config();
    return context.usingDatabase(async ({ queries }) => ({
      kind: 'list',
      columns: [
        ...[{ key: 'customer_id' }, { key: 'currency' }, { key: 'held', align: 'right' as const }],
        ...[
          { key: 'available', align: 'right' as const },
          { key: 'paid', align: 'right' as const },
        ],
        { key: 'balance', align: 'right' as const },
      ],
      rows: (
        await listRewardBalances(queries, {
          customerIds: customer,
          where,
          now: context.clock.now(),
          timezone,
          limit,
          offset,
        })
      ).map((row) => ({ ...row })),
    }));
  },
});
