import { z } from 'zod';
import { listCustomers } from '../../core/customers/list-customers.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'customers list',
  summary: 'List customers',
  description: `Customers in the order of their customer_id, all of them unless limited. --where takes "field op value" with = != < <= > >= in ~ over the fields of a customer, attributes.NAME, segment, contest and consent; see docs/where.md.`,
  options: [
    {
      flags: '--where <condition>',
      description: 'field op value; several are joined by AND',
      repeatable: true,
    },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral customers list --limit 10', explains: 'the first ten' },
    {
      line: 'referral customers list --where "consent = granted" --where "total_spend >= 1000"',
      explains: 'who may be mailed and has spent much',
    },
    {
      line: 'referral customers list --where "email ~ example.com" --json',
      explains: 'as JSON, with attributes',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ where: z.array(z.string()).default([]), ...pageFields }),
  async run(context, { where, limit, offset }) {
    const { clock, globals } = context;
    return context.usingDatabase(async ({ queries }) => {
      const selection = { where, limit, offset, now: clock.now(), timezone: globals.timezone };
      const { attributes, rows } = await listCustomers(queries, selection);
      return {
        kind: 'list',
        columns: [
          { key: 'customer_id' },
          { key: 'email' },
          { key: 'first_name' },
          { key: 'last_name' },
          { key: 'tier', wide: true },
          { key: 'country' },
          { key: 'consent' },
          { key: 'joined_at', wide: true },
          { key: 'total_bookings', align: 'right' },
          { key: 'total_spend', align: 'right', wide: true },
          ...attributes.map((name) => ({ key: `attributes.${name}` })),
        ],
        rows,
      };
    });
  },
});
