import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';

export interface TemplateRow {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
  readonly document: string;
  readonly created_at: Instant;
}

/** The saved template of that name: the version asked for, else the latest. */
export async function findTemplateRow(
  queries: Queries,
  name: string,
  version?: number,
): Promise<TemplateRow | undefined> {
  let query = queries.selectFrom('templates').selectAll().where('name', '=', name);
  if (version !== undefined) query = query.where('version', '=', version);
  return query.orderBy('version', 'desc').limit(1).executeTakeFirst();
}

/** The latest version of every saved template, by name. */
export async function listTemplateRows(queries: Queries): Promise<TemplateRow[]> {
  return queries
    .selectFrom('templates')
    .selectAll()
    .where((eb) =>
      eb(
        'version',
        '=',
        eb
          .selectFrom('templates as other')
          .select(sql<number>`max(other.version)`.as('latest'))
          .whereRef('other.name', '=', 'templates.name'),
      ),
    )
    .orderBy('name')
    .execute();
}

/** Inserts a version; undefined when its number is taken. */
export async function insertTemplate(
  queries: Queries,
  row: Omit<TemplateRow, 'id'>,
): Promise<number | undefined> {
  const inserted = await queries
    .insertInto('templates')
    .values(row)
    .onConflict((conflict) => conflict.columns(['name', 'version']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted?.id;
}
