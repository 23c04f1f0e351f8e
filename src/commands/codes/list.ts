import { z } from 'zod';
import { listCodes } from '../../core/codes/list-codes.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Row } from '../_runtime/result.ts';

const count = z.coerce.number().int('must be a whole number').min(0, 'must be 0 or more');

export const command = defineCommand({
  name: 'codes list',
  summary: 'List codes and who shares them',
  description:
    'Lists codes by customer, with the status that holds now: active, revoked or expired. Conditions may name a code, the customer, the contest, the status, the times, the tier, the segment or an attribute.',
  options: [
    { flags: '--contest <slug>', description: 'only of this contest' },
    { flags: '--where <condition>', description: 'only these, such as "status = revoked"', repeatable: true },
    { flags: '--limit <n>', description: 'at most this many' },
    { flags: '--offset <n>', description: 'leave out the first ones' },
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
    limit: count.optional(),
    offset: count.default(0),
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
