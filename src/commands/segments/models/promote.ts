import { z } from 'zod';
import { getModel, promoteModel } from '../../../core/models/registry.ts';
import { defineCommand } from '../../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments models promote',
  summary: 'Let a version of a model score from now on',
  description:
    'A version that does not beat its baselines on rows that it has not seen is promoted with --force only.',
  arguments: [{ syntax: '<name>', description: 'the model' }],
  options: [{ flags: '--version <n>', description: 'a version of it', defaultText: 'the newest' }],
  examples: [
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id -q && referral segments models promote tier --force',
      explains: 'whatever it is worth',
    },
    {
      line: 'referral segments models promote tier --version 3 --dry-run',
      explains: 'a version that is not there',
      exitCode: 5,
    },
    { line: 'referral segments models promote clicks', explains: 'a model that is not there', exitCode: 5 },
  ],
  exitCodes: [5, 10, 17],
  changes: true,
  input: z.object({ name: z.string(), version: z.coerce.number().int().positive().optional() }),
  async run(context, { name, version }) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const promoted = await database.transaction(
        async (transaction) =>
          promoteModel(transaction, await getModel(transaction, name, version), {
            clock,
            run,
            force: globals.force,
          }),
        { rollback: globals.dryRun },
      );
      const { beats_baseline } = promoted;
      return {
        kind: 'object',
        data: {
          model: name,
          version: promoted.version,
          promoted: true,
          beats_baseline,
          dry_run: globals.dryRun,
        },
      };
    });
  },
});
