import { z } from 'zod';
import { CUSTOMER_COLUMNS } from '../../core/customers/customer-row.ts';
import { listCustomers } from '../../core/customers/list-customers.ts';
import { getSegment } from '../../core/segments/list-segments.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'segments export',
  summary: 'Write the customers of a segment',
  description:
    'Every field and attribute of the customers who are in a segment now, as customers export writes them. --where narrows it down.',
  arguments: [{ syntax: '<name>', description: 'such as active_user' }],
  options: [
    {
      flags: '--where <condition>',
      description: 'field op value; several are joined by AND',
      repeatable: true,
    },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral segments export active_user --format csv -o active.csv', explains: 'into a file' },
    {
      line: 'referral segments export power_user --where "consent = granted" --json',
      explains: 'who may be mailed',
    },
    { line: 'referral segments export new_user --limit 5', explains: 'the first five' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ name: z.string(), where: z.array(z.string()).default([]), ...pageFields }),
  async run(context, { name, where, limit, offset }) {
    const { clock, globals } = context;
    const now = clock.now();
    return context.usingDatabase(async ({ queries }) => {
      const segment = await getSegment(queries, name, now);
      const conditions = [`segment = "${segment.name}"`, ...where];
      const selection = { where: conditions, limit, offset, now, timezone: globals.timezone };
      const { attributes, rows } = await listCustomers(queries, selection);
      const keys = [...CUSTOMER_COLUMNS, ...attributes.map((attribute) => `attributes.${attribute}`)];
      return { kind: 'list', columns: keys.map((key) => ({ key })), rows };
    });
  },
});
