import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { integersIn, textsIn } from '../database/list-parameter.ts';
import type { Instant } from '../time.ts';

/** Which of these segments each customer is in, as last scored; by name. */
export function listMemberships(queries: Queries, names: readonly string[], refs: readonly number[]) {
  return queries
    .selectFrom('segment_members')
    .innerJoin('segments', 'segments.id', 'segment_members.segment_id')
    .where('segment_members.customer_ref', 'in', integersIn(queries, refs))
    .where('segments.name', 'in', textsIn(queries, names))
    .select(['segment_members.customer_ref', 'segments.name'])
    .orderBy('segments.name')
    .execute();
}

/** What these versions of models say about customers. */
export function listScores(queries: Queries, modelIds: readonly number[], refs: readonly number[]) {
  return queries
    .selectFrom('predictions')
    .innerJoin('models', 'models.id', 'predictions.model_id')
    .where('predictions.customer_ref', 'in', integersIn(queries, refs))
    .where('predictions.model_id', 'in', integersIn(queries, modelIds))
    .select(['predictions.customer_ref', 'models.name', 'predictions.score'])
    .execute();
}

/** Every segment that is kept, and when it was last scored: all members of one are written together. */
export async function listScoredSegments(
  queries: Queries,
): Promise<readonly { readonly name: string; readonly scored_at: Instant }[]> {
  const rows = await queries
    .selectFrom('segments')
    .select((of) => [
      'name',
      'updated_at',
      of
        .selectFrom('segment_members')
        .select('scored_at')
        .whereRef('segment_id', '=', 'segments.id')
        .limit(1)
        .as('scored_at'),
    ])
    .orderBy('name')
    .execute();
  return rows.map(({ name, updated_at, scored_at }) => ({ name, scored_at: scored_at ?? updated_at }));
}

/** When a version of a model last scored customers; undefined when it never has. */
export async function findScoring(queries: Queries, modelId: number): Promise<Instant | undefined> {
  const row = await queries
    .selectFrom('predictions')
    .select('scored_at')
    .where('model_id', '=', sql.lit(modelId))
    .limit(1)
    .executeTakeFirst();
  return row?.scored_at;
}
