import { z } from 'zod';
import type { CsvInput } from '../../core/csv/csv-input.ts';
import type { Database } from '../../core/database/database.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { ReferralError } from '../../core/errors.ts';
import { isTargetName, TARGETS } from '../../core/features/targets.ts';
import { BACKENDS } from '../../core/models/backend.ts';
import type { TrainingData } from '../../core/models/build-model.ts';
import { readTrainingCustomers } from '../../core/models/read-training-customers.ts';
import { readTrainingFile } from '../../core/models/read-training-file.ts';
import { type TrainResult, trainModel } from '../../core/models/train-model.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { parseReading, READING_OPTIONS, readingFields } from '../_runtime/csv-options.ts';
import { showInterruptible, showProgress } from '../_runtime/show-progress.ts';
import { describeUplift } from '../_uplift/describe-uplift.ts';

const inputSchema = z.object({
  from: z.string().optional(),
  target: z.string({ error: '--target COLUMN is required' }).min(1),
  positive: z.string().optional(),
  id: z.string().optional(),
  test: z.string().optional(),
  time: z.string().optional(),
  ignore: z.array(z.string()).default([]),
  keep: z.array(z.string()).default([]),
  treatment: z.string().optional(),
  control: z.string().optional(),
  model: z.string().optional(),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  backend: z.enum(BACKENDS).optional(),
  ...readingFields,
});
type Input = z.infer<typeof inputSchema>;

export const command = defineCommand({
  name: 'segments train',
  summary: 'Train a model that predicts what customers will do',
  description:
    'Without --from it learns from what customers did after earlier times: clicks_next_mail, refers_in_contest or books_within_90d, from features as they were then. With --from it learns from a CSV file of past results: every column but target and id is typed by what is in it. A part of the rows is held out by a seed (the latest ones with --time, or a file of its own with --test) and the model is measured there, beside the base rate and logistic regression. It becomes the next version of its name and scores from now on only if it beats them. Columns that give the outcome away, ids, and empty ones are left out and named. With --treatment it keeps no model and says who is moved: see docs/experiments.md. See docs/segments.md.',
  options: [
    { flags: '--from <file>', description: 'a CSV file of past results; - is standard input' },
    {
      flags: '--target <column>',
      description:
        'what to predict: a column of two values, or without --from one of clicks_next_mail, refers_in_contest, books_within_90d (required)',
    },
    { flags: '--positive <value>', description: 'the value of the target that counts as the outcome' },
    { flags: '--id <column>', description: 'the column of ids, which nothing is learned from' },
    { flags: '--test <file>', description: 'measure on this file, instead of on a part held out' },
    { flags: '--time <column>', description: 'hold out the latest rows by this column' },
    { flags: '--ignore <column>', description: 'learn nothing from this column', repeatable: true },
    {
      flags: '--keep <column>',
      description: 'learn from it although it seems to give the outcome away',
      repeatable: true,
    },
    {
      flags: '--treatment <column>',
      description: 'no model: who is moved by what this column says was done to them, by chance',
    },
    { flags: '--control <value>', description: 'the value of --treatment for who got nothing' },
    { flags: '--model <name>', description: 'name of the model', defaultText: 'the target' },
    { flags: '--seed <n>', description: 'the same seed gives the same model', defaultText: '1' },
    {
      flags: '--backend <name>',
      description: 'of TensorFlow.js',
      choices: BACKENDS,
      defaultText: 'the first that works',
    },
    ...READING_OPTIONS,
  ],
  examples: [
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id --ignore email',
      explains: 'who else is like the customers of the tier gold?',
    },
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id --seed 7 --dry-run --json',
      explains: 'measure what it would be worth, and keep nothing',
    },
    {
      line: 'referral segments train --from customers.csv --target bought --id customer_id',
      explains: 'a column that is not there',
      exitCode: 14,
    },
  ],
  exitCodes: [10, 11, 14, 17],
  changes: true,
  input: inputSchema,
  async run(context, input) {
    const { clock, globals, signal } = context;
    const reading = parseReading(input);
    return context.usingRun(
      async (database, run) => {
        const started = clock.milliseconds();
        const data = await readData(context, database, input, reading);
        if (input.treatment !== undefined) {
          const uplift = await describeUplift(context, data, { ...input, treatment: input.treatment });
          return { ...uplift, data: { ...uplift.data, duration_ms: clock.milliseconds() - started } };
        }
        const { seed, keep, model: name, backend } = input;
        const result = await showProgress(context, 'training networks', (onProgress) =>
          trainModel(database, data, {
            ...{ clock, run, signal, seed, keep, name, backend },
            ...{ dryRun: globals.dryRun, onProgress },
          }),
        );
        for (const warning of result.warnings) context.warn(warning);
        if (result.verdict !== null) context.warn(`Not promoted: ${result.verdict}.`);
        return {
          kind: 'object',
          data: { ...result, duration_ms: clock.milliseconds() - started },
          text: trainText(result),
          next: nextSteps(result),
        };
      },
      { lock: 'train-models' },
    );
  },
});

async function readData(
  context: Context,
  database: Database,
  input: Input,
  reading: ReturnType<typeof parseReading>,
): Promise<TrainingData> {
  const { from, test, target, seed, ignore } = input;
  const { openInput, clock } = context;
  if (from === undefined) {
    if (isTargetName(target)) {
      return showInterruptible(context, 'reading customers', (onProgress) =>
        readTrainingCustomers(database, { target, seed, ignore, now: clock.now(), onProgress }),
      );
    }
    throw new ReferralError(
      'usage',
      `Without --from, --target is one of: ${Object.keys(TARGETS).join(', ')}`,
      {
        hint: didYouMean(target, Object.keys(TARGETS), 'Or name a CSV file of past results with --from.'),
      },
    );
  }
  const open = (file: string): Promise<CsvInput> => openInput(file);
  const files = { input: await open(from), test: test === undefined ? undefined : await open(test) };
  return showInterruptible(context, 'reading rows', (onProgress) =>
    readTrainingFile({ ...input, ...reading, ...files, onProgress }),
  );
}

function trainText(result: TrainResult): string {
  const { metrics, baseline, held_out } = result;
  const line = (label: string, own: TrainResult['metrics']) =>
    `  ${label.padEnd(20)} ${own.auc.toFixed(4)}  ${own.log_loss.toFixed(4)}    ${own.brier.toFixed(4)}  ${own.calibration_error.toFixed(4)}             ${own.lift_top_tenth.toFixed(2)}`;
  const [low, high] = metrics.intervals.auc;
  return [
    `${result.model}, version ${result.version}${result.promoted ? ', promoted' : ''}: learned from ${result.rows - held_out.rows} rows, measured on ${held_out.rows} others`,
    '',
    '                       AUC     log loss  Brier   calibration error  lift of the top tenth',
    line('model', metrics),
    line('logistic regression', baseline.logistic),
    line('base rate', baseline.base_rate),
    '',
    `AUC ${metrics.auc.toFixed(3)} (95 % between ${low.toFixed(3)} and ${high.toFixed(3)}).`,
    `What counts most: ${result.importance
      .slice(0, 5)
      .map(({ column, auc_drop }) => `${column} (${auc_drop.toFixed(3)})`)
      .join(', ')}`,
    '',
  ].join('\n');
}

function nextSteps({ model, promoted, dry_run }: TrainResult): string[] {
  if (dry_run) return [];
  return promoted
    ? [
        `referral segments score --model ${model}`,
        `referral segments score --from FILE --id COLUMN --model ${model} -o scores.csv`,
      ]
    : [`referral segments models show ${model}`];
}
