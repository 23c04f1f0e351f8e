import { z } from 'zod';
import { rollBackModel } from '../../../core/models/registry.ts';
import { defineCommand } from '../../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments models rollback',
  summary: 'Go back to the version of a model that scored before',
  description:
    'The version promoted before the present one scores again. Going back twice goes back two versions.',
  arguments: [{ syntax: '<name>', description: 'the model' }],
  examples: [
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id -q && referral segments models rollback tier',
      explains: 'with only one version there is none to go back to',
      exitCode: 17,
    },
    {
      line: 'referral segments models rollback tier --dry-run',
      explains: 'a model that is not there',
      exitCode: 5,
    },
    {
      line: 'referral segments models rollback clicks --json',
      explains: 'the same, for a script',
      exitCode: 5,
    },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const model = await database.transaction(
        (transaction) => rollBackModel(transaction, name, { clock, run }),
        { rollback: globals.dryRun },
      );
      return {
        kind: 'object',
        data: { model: name, version: model.version, promoted: true, dry_run: globals.dryRun },
      };
    });
  },
});
