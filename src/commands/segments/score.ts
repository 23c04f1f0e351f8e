import { z } from 'zod';
import { formatCsvRow } from '../../core/csv/format-csv.ts';
import { ReferralError } from '../../core/errors.ts';
import { BACKENDS } from '../../core/models/backend.ts';
import { openBackend } from '../../core/models/open-backend.ts';
import { getScoringModel, loadModel } from '../../core/models/registry.ts';
import { type CustomerScores, scoreCustomers } from '../../core/models/score-customers.ts';
import { type FileScoring, scoreFile } from '../../core/models/score-file.ts';
import { scoreSegments } from '../../core/segments/score-segments.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { parseReading, READING_OPTIONS, readingFields } from '../_runtime/csv-options.ts';
import type { Result } from '../_runtime/result.ts';
import { showInterruptible, showProgress } from '../_runtime/show-progress.ts';
import { checkOutput, fileSink, type Sink } from '../_runtime/sink.ts';

const inputSchema = z.object({
  from: z.string().optional(),
  id: z.string().optional(),
  model: z.string().optional(),
  version: z.coerce.number().int().positive().optional(),
  backend: z.enum(BACKENDS).optional(),
  ...readingFields,
});
type Input = z.infer<typeof inputSchema>;

export const command = defineCommand({
  name: 'segments score',
  summary: 'Sort every customer into segments, or score the rows of a file',
  description:
    'Puts every customer into the first segment by rule that fits (see: referral segments rules), into an RFM segment, and into the segments that were saved with a condition, and keeps who was where when. With --from it scores the rows of a CSV file by a model and writes id, score and segment; nothing is changed then, and without --model the model that was promoted last scores. With --model and no file it scores all customers, keeps the scores, and sorts them into NAME_high, NAME_medium and NAME_low.',
  options: [
    {
      flags: '--from <file>',
      description: 'a CSV file with the columns that the model reads; - is standard input',
    },
    { flags: '--id <column>', description: 'its column of ids; # is the number of the line' },
    { flags: '--model <name>', description: 'the model', defaultText: 'the one promoted last' },
    { flags: '--version <n>', description: 'a version of it that is not promoted' },
    {
      flags: '--backend <name>',
      description: 'of TensorFlow.js',
      choices: BACKENDS,
      defaultText: 'the first that works',
    },
    ...READING_OPTIONS,
  ],
  examples: [
    { line: 'referral segments score', explains: 'score everyone' },
    { line: 'referral segments score --dry-run --json', explains: 'count, and keep nothing' },
    {
      line: 'referral segments train --from customers.csv --target tier --positive gold --id customer_id -q && referral segments score --from customers.csv --id customer_id --model tier -o scores.csv',
      explains: 'score the rows of a file by a model',
    },
  ],
  exitCodes: [3, 5, 10, 11, 14, 17],
  changes: true,
  writesOutput: true,
  input: inputSchema,
  async run(context, input) {
    const { output } = context.globals;
    if (output !== undefined && output !== '-')
      checkOutput(context.io.directory, output, context.globals.force);
    if (input.from !== undefined) return scoreRows(context, input, input.from);
    const data =
      input.model === undefined ? await scoreRules(context) : await scoreByModel(context, input, input.model);
    if (output === undefined || output === '-') return { kind: 'object', data };
    await writeFile(context, output, [`${JSON.stringify(data, null, 2)}\n`]);
    return { kind: 'object', data };
  },
});

async function scoreRules(context: Context) {
  const { clock, globals } = context;
  return context.usingRun(
    (database, run) =>
      showInterruptible(context, 'placing customers, rounds', (onProgress) =>
        scoreSegments(database, { clock, run, dryRun: globals.dryRun, onProgress }),
      ),
    { lock: 'score-segments' },
  );
}

/** All customers by a model, from features as of now. */
async function scoreByModel(context: Context, input: Input, name: string): Promise<CustomerScores> {
  const { clock, globals } = context;
  return context.usingRun(
    async (database, run) => {
      const version = await getScoringModel(database.queries, name, input.version);
      const model = await loadModel(database.queries, version);
      const { backend } = await openBackend(input.backend === undefined ? undefined : [input.backend]);
      const scores = await showProgress(context, 'scoring customers', (onProgress) =>
        scoreCustomers(database, {
          ...{ backend, version, model, clock, run, dryRun: globals.dryRun, onProgress },
        }),
      );
      for (const warning of scores.warnings) context.warn(warning);
      return scores;
    },
    { lock: 'score-segments' },
  );
}

async function scoreRows(context: Context, input: Input, from: string): Promise<Result> {
  const { id } = input;
  if (id === undefined) {
    throw new ReferralError('usage', '--id COLUMN is required with --from', {
      hint: 'Name the column of ids, or --id "#" for the number of the line.',
    });
  }
  const reading = parseReading(input);
  const { version, model } = await context.usingDatabase(async ({ queries }) => {
    const scoring = await getScoringModel(queries, input.model, input.version);
    return { version: scoring, model: await loadModel(queries, scoring) };
  });
  const { backend } = await openBackend(input.backend === undefined ? undefined : [input.backend]);
  const file = await context.openInput(from);
  const scoring = await scoreFile({ ...reading, backend, model, name: version.name, input: file, id });
  const { output, dryRun } = context.globals;
  if (output === undefined || output === '-') return listResult(context, scoring);
  const lines = formatLines(scoring);
  if (dryRun) for await (const _line of lines);
  else await writeFile(context, output, lines);
  for (const warning of scoring.warnings()) context.warn(warning);
  const { scored, refused, segments } = scoring.counts;
  const data = { model: version.name, version: version.version, scored, segments, refused, output };
  return {
    kind: 'object',
    data: { ...data, dry_run: dryRun },
    ...(refused > 0 ? { exitCode: 3 as const } : {}),
  };
}

function listResult(context: Context, scoring: FileScoring): Result {
  async function* rows() {
    for await (const batch of scoring.rows) for (const row of batch) yield { ...row };
    for (const warning of scoring.warnings()) context.warn(warning);
  }
  return {
    kind: 'list',
    columns: [{ key: 'id' }, { key: 'score', align: 'right' }, { key: 'segment' }],
    rows: rows(),
    pipeFormat: 'csv',
  };
}

async function* formatLines(scoring: FileScoring): AsyncGenerator<string> {
  yield formatCsvRow(['id', 'score', 'segment']);
  for await (const batch of scoring.rows) {
    yield batch.map(({ id, score, segment }) => formatCsvRow([id, score, segment])).join('');
  }
}

async function writeFile(
  { io }: Context,
  output: string,
  chunks: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const sink: Sink = await fileSink(io.directory, output);
  try {
    for await (const chunk of chunks) await sink.write(chunk);
    await sink.commit();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}
