import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { ReferralError } from '../errors.ts';
import { listBlocks, type Network } from './network.ts';
import type { Classifier } from './train-classifier.ts';
import type { ColumnSchema } from './type-columns.ts';

/** A trained model as it is kept, exported and imported: everything that scoring needs. */
export interface Model {
  readonly target: {
    readonly name: string;
    /** The value that counts as the outcome. */
    readonly positive: string;
  };
  /** From a CSV file of the operator, or features of customers. */
  readonly source: 'file' | 'customers';
  /** Columns that it reads, in the order of the file that it was trained on. */
  readonly columns: readonly ColumnSchema[];
  /** Quantiles of the scores on held-out rows, rising: what newer scores are compared with. */
  readonly score_quantiles: readonly number[];
  readonly classifier: Classifier;
}

const finite = z.number().refine(Number.isFinite);
const columnSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['number', 'time', 'category']),
  decimal_mark: z.enum(['.', ',']).optional(),
  date_order: z.enum(['dmy', 'mdy']).optional(),
});
const featureSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['number', 'time']),
    column: z.string(),
    mean: finite,
    scale: finite.positive(),
    edges: z.array(finite),
    missing: z.boolean(),
    cycles: z.array(z.enum(['day', 'week', 'year'])),
  }),
  z.strictObject({
    kind: z.literal('category'),
    column: z.string(),
    levels: z.array(z.string()),
    rest: finite,
  }),
  z.strictObject({
    kind: z.literal('embedding'),
    column: z.string(),
    levels: z.array(z.string()),
    size: z.number().int().positive(),
  }),
]);
const networkSchema = z.strictObject({
  shape: z.strictObject({
    inputs: z.number().int().min(0),
    embeddings: z.array(z.strictObject({ levels: z.number().int(), size: z.number().int() })),
    hidden: z.tuple([z.number().int().positive(), z.number().int().positive()]),
  }),
  weights: z.base64(),
});
const documentSchema = z.strictObject({
  format: z.literal('referral-model'),
  format_version: z.literal(1),
  source: z.enum(['file', 'customers']),
  target: z.strictObject({ name: z.string(), positive: z.string() }),
  columns: z.array(columnSchema).min(1),
  encoder: z.strictObject({ features: z.array(featureSchema) }),
  networks: z.array(networkSchema).min(1),
  calibration: z.strictObject({ slope: finite, intercept: finite }),
  bands: z.strictObject({ high: finite, medium: finite }),
  score_quantiles: z.array(finite),
});

/** The model as canonical JSON; weights as 32-bit numbers, little-endian, in base64. */
export function formatModel({ target, source, columns, classifier, score_quantiles }: Model): string {
  const { ensemble, calibration, bands } = classifier;
  return canonicalJson({
    format: 'referral-model',
    format_version: 1,
    ...{ source, target, columns, calibration, bands, score_quantiles },
    encoder: ensemble.encoder,
    networks: ensemble.networks.map(({ shape, weights }) => ({ shape, weights: toBase64(weights) })),
  });
}

/** A model from its JSON. Throws `input_unusable` when it is not whole. `what` names it in the message. */
export function parseModel(text: string, what: string): Model {
  const parsed = documentSchema.safeParse(parseJson(text, what));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw corrupt(what, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
  }
  const { source, target, columns, encoder, calibration, bands, score_quantiles } = parsed.data;
  const networks = parsed.data.networks.map(({ shape, weights }) => parseNetwork(shape, weights, what));
  const ensemble = { task: 'binary' as const, encoder, networks, scale: 1, offset: 0 };
  return { source, target, columns, score_quantiles, classifier: { ensemble, calibration, bands } };
}

function parseNetwork(shape: Network['shape'], base64: string, what: string): Network {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== listBlocks(shape).total * 4)
    throw corrupt(what, 'its weights are not as many as its shape needs');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const weights = Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
  if (!weights.every(Number.isFinite)) throw corrupt(what, 'some of its weights are no numbers');
  return { shape, weights };
}

function toBase64(weights: Float32Array): string {
  const bytes = Buffer.alloc(weights.length * 4);
  for (const [at, weight] of weights.entries()) bytes.writeFloatLE(weight, at * 4);
  return bytes.toString('base64');
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt(what, 'it is not JSON, or not all of it is there');
  }
}

function corrupt(what: string, reason: string): ReferralError {
  return new ReferralError('input_unusable', `${what} is no model that this program can read`, {
    reason,
    hint: 'Export it again (referral segments models export NAME -o model.json), or train a new one (referral segments train).',
  });
}
