import { z } from 'zod';
import type { Database } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { evaluateModel } from '../../core/models/evaluate-model.ts';
import type { Model } from '../../core/models/model-document.ts';
import { openBackend } from '../../core/models/open-backend.ts';
import { readNewerCustomers } from '../../core/models/read-newer-customers.ts';
import { type NewerOutcomes, readOutcomeFile } from '../../core/models/read-outcome-file.ts';
import { getScoringModel, loadModel, type ModelVersion } from '../../core/models/registry.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { parseReading, READING_OPTIONS, readingFields } from '../_runtime/csv-options.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'segments evaluate',
  summary: 'Measure a model on newer outcomes, and warn when it has drifted',
  description:
    'Measures a model on what happened after it was trained, as when it was trained: on what customers did since, or with --from on a CSV file with the columns of the model and the outcomes. It warns when the model ranks worse than then beyond chance, when it expects more or fewer outcomes than came, and when the scores are spread otherwise. With --exit-code a drift ends with 6.',
  options: [
    { flags: '--from <file>', description: 'a CSV file of newer results; - is standard input' },
    { flags: '--target <column>', description: 'its column of outcomes', defaultText: "the model's target" },
    { flags: '--model <name>', description: 'the model', defaultText: 'the one promoted last' },
    { flags: '--version <n>', description: 'a version of it that is not promoted' },
    { flags: '--exit-code', description: 'end with 6 when the model has drifted' },
    { flags: '--seed <n>', description: 'of the intervals', defaultText: '1' },
    ...READING_OPTIONS,
  ],
  examples: [
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id -q && referral segments evaluate --from customers.csv --model tier',
      explains: 'measure a model on a file',
    },
    {
      line: 'referral segments evaluate --from customers.csv --model tier',
      explains: 'a model that is not there',
      exitCode: 5,
    },
    { line: 'referral segments evaluate', explains: 'when there is no model yet', exitCode: 5 },
  ],
  exitCodes: [5, 6, 10, 14, 17],
  changes: false,
  input: z.object({
    from: z.string().optional(),
    target: z.string().optional(),
    model: z.string().optional(),
    version: z.coerce.number().int().positive().optional(),
    exitCode: z.boolean().default(false),
    seed: z.coerce
      .number()
      .int()
      .min(0)
      .max(2 ** 31)
      .default(1),
    ...readingFields,
  }),
  async run(context, input) {
    const reading = parseReading(input);
    const { version, model, newer } = await context.usingDatabase(async (database) => {
      const scoring = await getScoringModel(database.queries, input.model, input.version);
      const loaded = await loadModel(database.queries, scoring);
      const newer = await readNewer(context, database, {
        ...input,
        reading,
        version: scoring,
        model: loaded,
      });
      return { version: scoring, model: loaded, newer };
    });
    const { outcomes, warnings } = newer;
    for (const warning of warnings) context.warn(warning);
    if (outcomes.every((outcome) => outcome === outcomes[0])) {
      throw new ReferralError('input_unusable', 'All rows have the same outcome', {
        hint: 'It takes rows of both kinds: what came, and what did not. Give a file with both: referral segments evaluate --from FILE',
      });
    }
    const { backend } = await openBackend();
    const { name, figures } = version;
    const evaluation = await showInterruptible(context, 'measuring', (onProgress) =>
      evaluateModel(backend, { model, figures }, newer, { seed: input.seed, onProgress }),
    );
    for (const reason of evaluation.reasons) context.warn(`${name} has drifted: ${reason}.`);
    return {
      kind: 'object',
      data: { model: name, version: version.version, ...evaluation },
      ...(evaluation.drift && input.exitCode ? { exitCode: 6 as const } : {}),
      next: evaluation.drift
        ? [
            version.source === 'file'
              ? `referral segments train --from FILE --target ${version.target} --model ${name}`
              : `referral segments train --target ${version.target} --model ${name}`,
          ]
        : [],
    };
  },
});

interface Asked {
  readonly from?: string | undefined;
  readonly target?: string | undefined;
  readonly reading: ReturnType<typeof parseReading>;
  readonly version: ModelVersion;
  readonly model: Model;
}

async function readNewer(
  context: Context,
  database: Database,
  { from, target, reading, version, model }: Asked,
): Promise<NewerOutcomes> {
  if (from === undefined) {
    const now = context.clock.now();
    return showInterruptible(context, 'reading customers', (onProgress) =>
      readNewerCustomers(database, { version, model, now, onProgress }),
    );
  }
  const input = await context.openInput(from);
  return showInterruptible(context, 'reading rows', (onProgress) =>
    readOutcomeFile({ ...reading, model, target, input, onProgress }),
  );
}
