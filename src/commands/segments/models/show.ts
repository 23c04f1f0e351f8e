import { z } from 'zod';
import { getModel, loadModel } from '../../../core/models/registry.ts';
import { defineCommand } from '../../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments models show',
  summary: 'Show one version of a model',
  description:
    'What it predicts, the columns that it reads, what was measured on held-out rows beside its baselines, what counts most, and what it was made with.',
  arguments: [{ syntax: '<name>', description: 'the model' }],
  options: [{ flags: '--version <n>', description: 'a version of it', defaultText: 'the newest' }],
  examples: [
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id -q && referral segments models show tier',
      explains: 'the newest version',
    },
    {
      line: 'referral segments models show tier --version 2 --json',
      explains: 'a version that is not there',
      exitCode: 5,
    },
    { line: 'referral segments models show clicks', explains: 'a model that is not there', exitCode: 5 },
  ],
  exitCodes: [5, 10, 14],
  changes: false,
  input: z.object({ name: z.string(), version: z.coerce.number().int().positive().optional() }),
  async run(context, { name, version }) {
    return context.usingDatabase(async ({ queries }) => {
      const found = await getModel(queries, name, version);
      const model = await loadModel(queries, found);
      const { figures, name: _name, id: _id, target, ...rest } = found;
      return {
        kind: 'object',
        data: {
          ...{ model: name, ...rest, target, positive: model.target.positive },
          columns: model.columns.map((column) => ({ name: column.name, kind: column.kind })),
          ...figures,
        },
      };
    });
  },
});
