import type { Insertable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { ModelPromotionsTable, ModelsTable } from '../database/tables.ts';

const LISTED = [
  'models.id',
  'models.name',
  'models.version',
  'models.source',
  'models.target',
  'models.sha256',
  'models.figures',
  'models.seed',
  'models.rows',
  'models.data_sha256',
  'models.backend',
  'models.libraries',
  'models.beats_baseline',
  'models.created_at',
] as const;

/** Every version of every model, or of one, without the models themselves; by name, the newest version first. */
export function listModelRows(queries: Queries, name?: string) {
  return queries
    .selectFrom('models')
    .select(LISTED)
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .orderBy('name')
    .orderBy('version', 'desc')
    .execute();
}

export type ModelRow = Awaited<ReturnType<typeof listModelRows>>[number];

/** The model itself. */
export function getModelDocument(queries: Queries, id: number) {
  return queries
    .selectFrom('models')
    .select(['document', 'sha256'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Inserts a version; returns its key. */
export async function insertModel(queries: Queries, model: Insertable<ModelsTable>): Promise<number> {
  const { id } = await queries.insertInto('models').values(model).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** Which versions were promoted, of all models or of one, oldest first. */
export function listPromotions(queries: Queries, name?: string) {
  return queries
    .selectFrom('model_promotions')
    .innerJoin('models', 'models.id', 'model_promotions.model_id')
    .select([
      'model_promotions.model_id',
      'models.name',
      'models.version',
      'model_promotions.action',
      'model_promotions.forced',
      'model_promotions.operator',
      'model_promotions.promoted_at',
    ])
    .$if(name !== undefined, (query) => query.where('models.name', '=', name ?? ''))
    .orderBy('model_promotions.id')
    .execute();
}

export async function insertPromotion(
  queries: Queries,
  promotion: Insertable<ModelPromotionsTable>,
): Promise<void> {
  await queries.insertInto('model_promotions').values(promotion).execute();
}
