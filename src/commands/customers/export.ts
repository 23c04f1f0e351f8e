import { z } from 'zod';
import { CUSTOMER_COLUMNS } from '../../core/customers/customer-row.ts';
import { listCustomers } from '../../core/customers/list-customers.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'customers export',
  summary: 'Write customers with every field, as they import again',
  description: `Every field and attribute of the customers, attributes as columns attributes.NAME in CSV and as an object in JSON. CSV unless another --format is named; cells that a spreadsheet would run as a formula get a quote before them, which an import takes away again. --where selects as in customers list.`,
  options: [
    {
      flags: '--where <condition>',
      description: 'field op value; several are joined by AND',
      repeatable: true,
    },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral customers export --format csv -o export.csv', explains: 'everyone, into a file' },
    {
      line: 'referral customers export --where "consent = granted" --format ndjson',
      explains: 'one JSON object a line',
    },
    { line: 'referral customers export --where "country = NL" --format csv', explains: 'one country' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ where: z.array(z.string()).default([]), ...pageFields }),
  async run(context, { where, limit, offset }) {
    const { clock, globals } = context;
    return context.usingDatabase(async ({ queries }) => {
      const selection = { where, limit, offset, now: clock.now(), timezone: globals.timezone };
      const { attributes, rows } = await listCustomers(queries, selection);
      const keys = [...CUSTOMER_COLUMNS, ...attributes.map((name) => `attributes.${name}`)];
      return { kind: 'list', columns: keys.map((key) => ({ key })), rows };
    });
  },
});
