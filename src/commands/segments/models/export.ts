import { z } from 'zod';
import { exportModel } from '../../../core/models/exchange-model.ts';
import { getModel } from '../../../core/models/registry.ts';
import { defineCommand } from '../../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments models export',
  summary: 'Write a model into a file for another database',
  description:
    'One JSON document with the model, what was measured, and a digest that an import checks. It holds levels of categories as they were in the data, and no rows.',
  arguments: [{ syntax: '<name>', description: 'the model' }],
  options: [{ flags: '--version <n>', description: 'a version of it', defaultText: 'the newest' }],
  examples: [
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id -q && referral segments models export tier -o tier.json',
      explains: 'into a file',
    },
    {
      line: 'referral segments models export tier --version 2',
      explains: 'a version that is not there',
      exitCode: 5,
    },
    { line: 'referral segments models export clicks', explains: 'a model that is not there', exitCode: 5 },
  ],
  exitCodes: [5, 10, 14],
  changes: false,
  input: z.object({ name: z.string(), version: z.coerce.number().int().positive().optional() }),
  async run(context, { name, version }) {
    return context.usingDatabase(async ({ queries }) => ({
      kind: 'text',
      text: await exportModel(queries, await getModel(queries, name, version)),
    }));
  },
});
