import type { Queries } from '../database/database.ts';
import { listModels } from '../models/registry.ts';
import type { Instant } from '../time.ts';
import { type AskedSegments, FAMILIES, type Family } from './asked-segments.ts';
import { findScoring, listMemberships, listScoredSegments, listScores } from './segment-value-queries.ts';
import type { Values } from './values.ts';

/** Gives the segments and scores of customers, by their integer key. */
export type LoadSegmentValues = (
  queries: Queries,
  customerRefs: readonly number[],
) => Promise<ReadonlyMap<number, Values>>;

/** A loader of what customers' segments and scores are now: as last scored, by the promoted version of each model. */
export function createSegmentLoader(asked: AskedSegments): LoadSegmentValues {
  let promoted: Promise<readonly number[]> | undefined;
  return async (queries, refs) => {
    const names = [...asked.families.flatMap((family) => FAMILIES[family]), ...asked.segments];
    const memberships = names.length === 0 ? [] : await listMemberships(queries, names, refs);
    if (asked.models.length > 0) promoted ??= listPromotedIds(queries, asked.models);
    const scores = promoted === undefined ? [] : await listScores(queries, await promoted, refs);
    const segmentsOf = Map.groupBy(memberships, (row) => row.customer_ref);
    const scoresOf = Map.groupBy(scores, (row) => row.customer_ref);
    return new Map(
      refs.map((ref) => {
        const own = (segmentsOf.get(ref) ?? []).map(({ name }) => name);
        return [ref, valuesOf(asked, own, scoresOf.get(ref) ?? [])];
      }),
    );
  };
}

function valuesOf(
  { families, segments, models }: AskedSegments,
  names: readonly string[],
  scores: readonly { readonly name: string; readonly score: number }[],
): Values {
  const ofFamily = (family: Family): string | undefined =>
    names.find((name) => (FAMILIES[family] as readonly string[]).includes(name));
  return {
    ...Object.fromEntries(families.map((family) => [family, ofFamily(family)])),
    ...(segments.length === 0
      ? {}
      : {
          segments: Object.fromEntries(
            segments.filter((name) => names.includes(name)).map((name) => [name, true]),
          ),
        }),
    ...(models.length === 0
      ? {}
      : { scores: Object.fromEntries(scores.map(({ name, score }) => [name, roundScore(score)])) }),
  };
}

// Six decimals: engines may read the last bit of a number in different ways.
function roundScore(score: number): number {
  return Math.round(score * 1_000_000) / 1_000_000;
}

async function listPromotedIds(queries: Queries, names: readonly string[]): Promise<readonly number[]> {
  const models = await listModels(queries);
  return models.filter(({ name, promoted }) => promoted && names.includes(name)).map(({ id }) => id);
}

/** What there is of what a template asks for. */
export interface KnownSegments {
  /** Every segment that is kept, and when it was last scored. */
  readonly segments: ReadonlyMap<string, Instant>;
  /** Every model; when its promoted version scored customers, null while it has not, undefined while none is promoted. */
  readonly models: ReadonlyMap<string, Instant | null | undefined>;
}

/** Which segments and models there are, and when they were last scored. */
export async function listKnownSegments(queries: Queries): Promise<KnownSegments> {
  const segments = await listScoredSegments(queries);
  const models = new Map<string, Instant | null | undefined>();
  for (const { id, name, promoted } of await listModels(queries)) {
    if (promoted) models.set(name, (await findScoring(queries, id)) ?? null);
    else if (!models.has(name)) models.set(name, undefined);
  }
  return { segments: new Map(segments.map(({ name, scored_at }) => [name, scored_at])), models };
}
