import { z } from 'zod';
import { listRewards } from '../../core/rewards/list-rewards.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import type { Row } from '../_runtime/result.ts';

const STATUSES = ['held', 'available', 'claimed', 'paid', 'expired', 'reversed'] as const;

export const command = defineCommand({
  name: 'rewards list',
  summary: 'List rewards',
  description:
    'Lists rewards: what a referral earned its referrer and friend, milestones, prizes and drawings, with the part of the rules that granted each.',
  options: [
    { flags: '--contest <slug>', description: 'only of this contest' },
    { flags: '--status <status>', description: 'only in this status', choices: STATUSES },
    { flags: '--where <condition>', description: 'only these, such as "type = badge"', repeatable: true },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral rewards list --contest summer-referral --limit 10', explains: 'the first ten' },
    { line: 'referral rewards list --where "type = badge" --json', explains: 'who is a Referral Master' },
    {
      line: 'referral rewards list --status available --where "amount >= 25" --format csv',
      explains: 'what can be claimed or paid, as CSV',
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
      for await (const row of listRewards(queries, { ...options, now: context.clock.now(), timezone })) {
        rows.push({ ...row });
      }
      return {
        kind: 'list',
        columns: [
          ...[
            { key: 'id' },
            { key: 'contest', wide: true },
            { key: 'customer_id' },
            { key: 'side' },
            { key: 'rule', wide: true },
          ],
          ...[
            { key: 'type' },
            { key: 'amount', align: 'right' as const },
            { key: 'currency' },
            { key: 'days', wide: true },
          ],
          ...[
            { key: 'badge', wide: true },
            { key: 'status' },
            { key: 'created_at', wide: true },
            { key: 'due_at' },
          ],
          ...[
            { key: 'claimed_at', wide: true },
            { key: 'paid_at', wide: true },
          ],
        ],
        rows,
      };
    });
  },
});
