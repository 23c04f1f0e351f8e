import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { loadRows } from '../database/load-rows.ts';
import type { JsonColumnType } from '../database/rows-of-json.ts';
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

const COLUMNS: Readonly<Record<keyof Prediction | 'model_id' | 'scored_at', JsonColumnType>> = {
  model_id: 'integer',
  customer_ref: 'integer',
  score: 'real',
  segment: 'text',
  scored_at: 'time',
};
/** Keeps what a version says about customers who are not erased meanwhile. */
export async function insertPredictions(
  transaction: Queries,
  modelId: number,
  predictions: Iterable<Prediction>,
  now: Instant,
): Promise<void> {
  const rows = Iterator.from(predictions).map((said) => ({ ...said, model_id: modelId, scored_at: now }));
  await loadRows(transaction, 'predictions', COLUMNS, rows);
  await sql`delete from predictions where model_id = ${modelId}
    and customer_ref in (select id from customers where erased_at is not null)`.execute(transaction);
}
