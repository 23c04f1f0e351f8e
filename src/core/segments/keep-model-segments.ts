import { canonicalJson } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { countMembers, predictedPlaces, replaceMembers, upsertSegments } from './segments-queries.ts';

/** Puts every customer whom a version of a model scored into the segment that the prediction names. Returns how many each has. */
export async function keepModelSegments(
  transaction: Queries,
  {
    modelId,
    model,
    version,
    names,
    now,
  }: {
    readonly modelId: number;
    readonly model: string;
    readonly version: number;
    readonly names: readonly string[];
    readonly now: Instant;
  },
): Promise<Record<string, number>> {
  const definition = canonicalJson({ model, version });
  const rows = names.map((name) => ({ name, kind: 'model' as const, definition }));
  const ids = await upsertSegments(transaction, rows, now);
  await replaceMembers(transaction, predictedPlaces(modelId), [...ids.values()], now, true);
  const counts = await countMembers(transaction, [...ids.values()]);
  return Object.fromEntries(names.map((name) => [name, counts.get(ids.get(name) ?? 0) ?? 0]));
}
