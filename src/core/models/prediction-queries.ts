import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { rowsOfJson } from '../database/rows-of-json.ts';
import type { Instant } from '../time.ts';

/** Removes what the versions of a model have said. */
export async function deletePredictions(transaction: Queries, model: string): Promise<void> {
  await transaction
    .deleteFrom('predictions')
    .where('model_id', 'in', (from) => from.selectFrom('models').select('id').where('name', '=', model))
    .execute();
}

export interface Prediction {
  readonly customer_ref: number;
  readonly score: number;
  readonly segment: string;
}

/** Keeps what a version says about customers who are not erased meanwhile. */
export async function insertPredictions(
  transaction: Queries,
  modelId: number,
  predictions: readonly Prediction[],
  now: Instant,
): Promise<void> {
  const rows = rowsOfJson(
    transaction,
    'said',
    { customer_ref: 'integer', score: 'real', segment: 'text', scored_at: 'time' },
    predictions.map((prediction) => ({ ...prediction, scored_at: now })),
  );
  await sql`insert into predictions (model_id, customer_ref, score, segment, scored_at)
    select ${sql.lit(modelId)}, said.customer_ref, said.score, said.segment, said.scored_at from ${rows}
      join customers on customers.id = said.customer_ref and customers.erased_at is null`.execute(
    transaction,
  );
}
