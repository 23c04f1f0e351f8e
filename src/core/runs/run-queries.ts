import type { Expression, Insertable, Selectable, SqlBool, Updateable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { RunsTable } from '../database/tables.ts';

export async function insertRun(queries: Queries, row: Insertable<RunsTable>): Promise<number> {
  const { id } = await queries.insertInto('runs').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateRun(queries: Queries, id: number, change: Updateable<RunsTable>): Promise<void> {
  await queries.updateTable('runs').set(change).where('id', '=', id).execute();
}

export async function findRun(queries: Queries, id: number): Promise<Selectable<RunsTable> | undefined> {
  return queries.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function selectRuns(
  queries: Queries,
  condition: Expression<SqlBool>,
  { limit = Number.MAX_SAFE_INTEGER, offset }: { limit?: number | undefined; offset: number },
): Promise<Selectable<RunsTable>[]> {
  return queries
    .selectFrom('runs')
    .selectAll()
    .where(condition)
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}
