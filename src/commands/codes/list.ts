import { z } from 'zod';
import { listCodes } from '../../core/codes/list-codes.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import type { Row } from '../_runtime/result.ts';

export const command = defineCommand({
  name: 'codes list',
  summary: 'List codes and who shares them',
  description:
    'Lists codes by customer, with the status that holds now: active, revoked or expired. Conditions may name a code, the customer, the contest, the status, the times, the tier, the segment or an attribute.',
  options: [
    { flags: '--contest <slug>', description: 'only of this contest' },
    { flags: '--where <condition>', description: 'only these, such as "status = revoked"', repeatable: true },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral codes list --contest summer-referral --limit 5', explains: 'the first five' },
    {
      line: 'referral codes list --where "customer_id = C-0001" --json',
      explains: 'every code of one customer',
    },
    { line: 'referral codes list --where "status != active" --format csv', explains: 'those out of use' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    contest: z.string().optional(),
    where: z.array(z.string()).default([]),
    ...pageFields,
  }),
  async run(context, options) {
    const { timezone } = await context.config();
    return context.usingDatabase(async (database) => {
      const { rows } = await listCodes(database.queries, context.clock, { ...options, timezone });
      return {
        kind: 'list',
        columns: [
          { key: 'code' },
          { key: 'customer_id' },
          { key: 'contest' },
          { key: 'status' },
          { key: 'created_at' },
          { key: 'expires_at' },
        ],
        rows: rows as AsyncIterable<Row>,
      };
    });
  },
});
