import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { parseExportedModel } from '../../../core/models/exchange-model.ts';
import { saveModel } from '../../../core/models/registry.ts';
import { defineCommand } from '../../_runtime/command.ts';

export const command = defineCommand({
  name: 'segments models import',
  summary: 'Take in a model that was exported',
  description:
    'It becomes the next version of its name and scores when it is promoted. A file that was changed or cut off is refused.',
  arguments: [{ syntax: '<file>', description: 'what models export wrote; - is standard input' }],
  options: [{ flags: '--model <name>', description: 'another name for it' }],
  examples: [
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id -q && referral segments models export tier -o tier.json && referral segments models import tier.json --model tier_copy',
      explains: 'under another name',
    },
    {
      line: 'referral segments models import customers.csv',
      explains: 'a file that is no model',
      exitCode: 14,
    },
    {
      line: 'referral segments models import model.json --dry-run',
      explains: 'a file that is not there',
      exitCode: 14,
    },
  ],
  exitCodes: [10, 14],
  changes: true,
  input: z.object({ file: z.string(), model: z.string().optional() }),
  async run(context, { file, model }) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const read = parseExportedModel(await text(await context.openInput(file)), file, model);
      const saved = await database.transaction(
        (transaction) => saveModel(transaction, read, { clock, run }, 'models.imported'),
        { rollback: globals.dryRun },
      );
      const { name, version, beats_baseline } = saved;
      return {
        kind: 'object',
        data: { model: name, version, promoted: false, beats_baseline, dry_run: globals.dryRun },
        next: [`referral segments models promote ${name}`],
      };
    });
  },
});
