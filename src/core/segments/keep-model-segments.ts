import { canonicalJson } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import {
  countMembers,
  listSegmentRows,
  predictedPlaces,
  replaceMembers,
  upsertSegments,
} from './segments-queries.ts';

/** Puts every customer whom a version of a model scored into the segment that the prediction names. Returns how many each has. Throws `state_forbids` where an operator has saved a segment of such a name. */
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
  await assertFree(transaction, model, names);
  const definition = canonicalJson({ model, version });
  const rows = names.map((name) => ({ name, kind: 'model' as const, definition }));
  const ids = await upsertSegments(transaction, rows, now);
  await replaceMembers(transaction, predictedPlaces(modelId), [...ids.values()], now, true);
  const counts = await countMembers(transaction, [...ids.values()]);
  return Object.fromEntries(names.map((name) => [name, counts.get(ids.get(name) ?? 0) ?? 0]));
}

async function assertFree(transaction: Queries, model: string, names: readonly string[]): Promise<void> {
  const taken = (await listSegmentRows(transaction)).find(
    ({ name, kind }) => kind !== 'model' && names.includes(name),
  );
  if (taken === undefined) return;
  throw new ReferralError('state_forbids', `The segments of the model "${model}" can't be kept`, {
    reason: `"${taken.name}" is a saved segment`,
    hint: `Forget it: referral segments delete ${taken.name}; or train the model under another name: --model NAME`,
    details: { model, segment: taken.name },
  });
}
