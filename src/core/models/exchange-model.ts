import { z } from 'zod';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { formatModel, parseModel } from './model-document.ts';
import { loadModel, type ModelFigures, type ModelVersion, type NewModel } from './registry.ts';
import { modelName } from './train-model.ts';

const metricNames = ['auc', 'log_loss', 'brier', 'calibration_error', 'lift_top_tenth'] as const;
const metricsSchema = z.looseObject({
  ...Object.fromEntries(metricNames.map((name) => [name, z.number()])),
  intervals: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
const gainSchema = z.object({ log_loss: z.number(), interval: z.tuple([z.number(), z.number()]) });
const fileSchema = z.object({
  name: z.string(),
  seed: z.number().int(),
  rows: z.number().int().positive(),
  data_sha256: z.string(),
  backend: z.string(),
  libraries: z.record(z.string(), z.string()),
  figures: z.looseObject({
    metrics: metricsSchema,
    baseline: z.object({ base_rate: metricsSchema, logistic: metricsSchema }),
    gains: z.object({ base_rate: gainSchema, logistic: gainSchema }),
    beats_baseline: z.boolean(),
    verdict: z.string().nullable(),
    importance: z.array(z.object({ column: z.string(), auc_drop: z.number() })),
    held_out: z.object({ rows: z.number().int(), by: z.enum(['seed', 'time', 'file']) }),
    warnings: z.array(z.string()),
    left_out: z.array(z.object({ column: z.string(), reason: z.string() })),
  }),
  model: z.unknown(),
  sha256: z.string(),
});

/** A version as one JSON document that another database can take in. */
export async function exportModel(queries: Queries, version: ModelVersion): Promise<string> {
  const { name, seed, rows, data_sha256, backend, libraries, figures, sha256: digest } = version;
  const model = JSON.parse(formatModel(await loadModel(queries, version))) as unknown;
  const document = { name, seed, rows, data_sha256, backend, libraries, figures, model, sha256: digest };
  return `${canonicalJson(document)}\n`;
}

/** What `exportModel` wrote. Throws `input_unusable` when it is not whole, or was changed since. */
export function parseExportedModel(text: string, file: string, name: string | undefined): NewModel {
  const parsed = fileSchema.safeParse(parseJson(text, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unusable(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
  }
  const { sha256: digest, model, figures, ...rest } = parsed.data;
  const document = canonicalJson(model ?? null);
  if (sha256(document) !== digest)
    throw unusable(file, 'its model was changed or damaged: the digest differs');
  return {
    ...rest,
    name: modelName(name ?? rest.name),
    model: parseModel(document, file),
    figures: figures as unknown as ModelFigures,
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(file, 'it is not JSON, or not all of it is there');
  }
}

function unusable(file: string, reason: string): ReferralError {
  return new ReferralError(
    'input_unusable',
    `${file === '-' ? 'Standard input' : file} is no exported model`,
    {
      reason,
      hint: 'Export it again: referral segments models export NAME -o model.json',
    },
  );
}
